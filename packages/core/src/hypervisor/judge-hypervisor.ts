import type { HypervisorStatus } from '@slashzero/contract/rest'
import { describeBlock, describeUsage, nameSocket } from '../socket/describe-socket.ts'
import { leaks } from '../socket/known-leaks.ts'
import { tightestSocket } from '../socket/tightest-socket.ts'
import type { SocketState } from '../state.ts'
import { counted, figure, moment } from '../wording/figures.ts'
import { severity } from './severity.ts'

/**
 * Less than a tenth of the limit left is at risk: at most 35 joins of 20,480 bytes, about the VMs of one evacuated
 * host.
 */
const CLOSE_SHARE = 0.1
/** Full within a day is at risk: a working day is left to restart or upgrade the daemon. */
const CLOSE_TIME = 24 * 3_600_000
/** When this many joined taps went and left nothing behind, the daemon does not leak, whatever its version. */
const QUIET_DEPARTURES = 5

export type Verdict = { readonly status: HypervisorStatus; readonly reason: string }
export type HypervisorFacts = {
  readonly sockets: readonly SocketState[]
  readonly taps: number
  /** Why some senders may be hidden; null if all could be read. */
  readonly sendersUnreadable: string | null
  /** Daemons that run, but whose socket could not be found. */
  readonly socketless: ReadonlySet<string>
  readonly abandoned: Abandoned | null
  readonly at: number
}

/** Taps of running VMs that had a sender, or whose VM has no default route, and that have no sender now. */
export type Abandoned = {
  readonly taps: number
  /** On how many of the taps the host advertised before. */
  readonly advertised: number
  /** How many VMs behind the taps have no default route. */
  readonly missing: number
  /** The sender that went, and when; null if no report showed one. */
  readonly sender: { readonly name: string; readonly since: number } | null
}

/** Statuses of one condition: a socket that fills up, and a socket that is full. The condition keeps its beginning. */
const CONDITIONS: readonly ReadonlySet<HypervisorStatus>[] = [
  new Set(['leaking', 'at-risk']),
  new Set(['joins-blocked', 'sends-blocked']),
]

export function isSameCondition(one: HypervisorStatus, other: HypervisorStatus): boolean {
  return one === other || CONDITIONS.some((statuses) => statuses.has(one) && statuses.has(other))
}

/** Judges a hypervisor by one report: the worst socket decides. Silence is judged elsewhere. */
export function judgeHypervisor({ abandoned, ...facts }: HypervisorFacts): Verdict {
  const verdict = judgeSockets(facts)
  if (abandoned === null || severity('no-sender') < severity(verdict.status)) return verdict
  return { status: 'no-sender', reason: describeAbandoned(abandoned) }
}

function describeAbandoned({ taps, advertised, missing, sender }: Abandoned): string {
  const what = sender
    ? `${sender.name}, has been gone since ${moment(sender.since)}`
    : 'No Router Advertisement daemon runs here'
  const facts = [
    `${counted(taps, 'tap')} without a sender`,
    ...(advertised > 0 ? [`this host advertised on ${figure(advertised)} before`] : []),
    ...(missing > 0 ? [`${counted(missing, 'VM')} without ::/0`] : []),
  ]
  return `${what}: ${facts.join(', ')}`
}

function judgeSockets({
  sockets,
  taps,
  sendersUnreadable,
  socketless,
  at,
}: Omit<HypervisorFacts, 'abandoned'>): Verdict {
  const isMeasured = (socket: SocketState) => socket.optmemBytes !== null && socket.optmemMaxBytes !== null
  const measured = sockets.filter(isMeasured)
  const unmeasured = sockets.find((socket) => !isMeasured(socket))
  if (sockets.length === 0) return judgeWithoutSocket(taps, sendersUnreadable, socketless)
  if (unmeasured && measured.length === 0) {
    return { status: 'not-measurable', reason: `${describeUsage(unmeasured)} (${nameSocket(unmeasured)})` }
  }
  const verdicts = measured.map((socket) => ({ socket, ...judgeSocket(socket, at) }))
  const worst = Math.max(...verdicts.map(({ status }) => severity(status)))
  const decisive = tightestSocket(
    verdicts.filter(({ status }) => severity(status) === worst).map(({ socket }) => socket),
  )
  const verdict = verdicts.find(({ socket }) => socket === decisive) ?? {
    status: 'not-measurable' as const,
    reason: '',
  }
  const others = unmeasured
    ? `; ${counted(sockets.length - measured.length, 'other socket')} could not be measured`
    : ''
  return { status: verdict.status, reason: `${verdict.reason}${decisive ? ` (${nameSocket(decisive)})` : ''}${others}` }
}

function judgeWithoutSocket(taps: number, sendersUnreadable: string | null, socketless: ReadonlySet<string>): Verdict {
  if (socketless.size > 0) {
    return {
      status: 'not-measurable',
      reason: `${[...socketless].join(' and ')} runs, but its socket could not be found`,
    }
  }
  if (sendersUnreadable !== null) {
    return { status: 'not-measurable', reason: `Could not look for senders: ${sendersUnreadable}` }
  }
  const nothing = 'No Router Advertisement daemon runs here'
  return {
    status: 'healthy',
    reason: taps === 0 ? `${nothing}, and there is no tap` : `${nothing}; ${counted(taps, 'tap')}`,
  }
}

/** The verdict on one measured socket. */
function judgeSocket(socket: SocketState, at: number): Verdict {
  const usage = describeUsage(socket)
  const upgrade = socket.executableDeleted ? '; it runs an old executable until it is restarted' : ''
  if (socket.sendsBlocked) return { status: 'sends-blocked', reason: `${describeBlock(socket)}${upgrade}` }
  if (socket.joinsLeft === 0) return { status: 'joins-blocked', reason: `${describeBlock(socket)}${upgrade}` }
  const left = socket.joinsLeft === null ? 'joins left are unknown' : `${counted(socket.joinsLeft, 'join')} left`
  const full = socket.fullAt === null ? '' : `; full at ${moment(socket.fullAt)} if the growth continues`
  if (isClose(socket, at)) return { status: 'at-risk', reason: `${usage}; ${left}${full}${upgrade}` }
  const stale = socket.staleMemberships ?? 0
  if (stale === 0) {
    const unknown = socket.memory.staleUnknownReason
    return {
      status: 'healthy',
      reason: `${usage}; ${left}${unknown === null ? '' : `; stale memberships unknown: ${unknown}`}`,
    }
  }
  if (isLeaking(socket)) return { status: 'leaking', reason: `${usage}; ${left}${full}${upgrade}` }
  return { status: 'healthy', reason: `${usage}; ${left}; ${quietness(socket)}` }
}

function isClose(socket: SocketState, at: number): boolean {
  const { optmemBytes: used, optmemMaxBytes: limit, fullAt } = socket
  if (used !== null && limit !== null && limit - used < limit * CLOSE_SHARE) return true
  return fullAt !== null && fullAt - at < CLOSE_TIME
}

function isLeaking({ memory, daemon, version }: SocketState): boolean {
  if (memory.departures >= QUIET_DEPARTURES) return false
  return memory.staleGrewAt !== null || leaks(daemon, version) !== 'no'
}

function quietness({ memory, daemon, version }: SocketState): string {
  return memory.departures >= QUIET_DEPARTURES
    ? `stale memberships do not grow: ${figure(memory.departures)} joined taps went and left none behind`
    : `${daemon} ${version ?? ''} is known not to leak, and stale memberships do not grow`
}
