import type { Report } from '@slashzero/contract/report'
import { followSockets } from '../socket/follow-sockets.ts'
import { recordRestarts } from '../socket/record-restarts.ts'
import type { HypervisorState, Judgement, Sample, SocketState, Transition, VmState } from '../state.ts'
import { followTaps } from '../tap/follow-taps.ts'
import { followVms } from '../vm/follow-vms.ts'
import { identifyVms } from '../vm/identify-vms.ts'
import { judgeVms } from '../vm/judge-vms.ts'
import { latestPresent } from '../vm/merge-checks.ts'
import { findAbandoned, followSenderless } from './follow-senderless.ts'
import { isSameCondition, judgeHypervisor } from './judge-hypervisor.ts'
import { nextJudgement, silentFrom } from './next-judgement.ts'
import { readClock } from '../report/read-clock.ts'
import { readUnread, sendersUnreadable } from '../report/read-failures.ts'
import { recordTransitions } from './record-transitions.ts'

/** A report that travelled faster may seem a little older than the last: the clock skew includes the transport. */
const TRANSPORT_JITTER = 5000
const MAX_GAPS = 5
/** A report this much older than its arrival comes from a spool, and more reports follow at once. */
const SPOOL_AGE = 60_000
const SPOOL_PAUSE = 10_000

/**
 * Judges a report at its observed time; `receivedAt`: the server's clock (ms). Pass a host's reports in order, without
 * duplicates. An older report gives samples only; after a spooled one, `judgeAgainAt` waits ten seconds for the rest.
 */
export function judgeReport(previous: HypervisorState | null, report: Report, receivedAt: number): Judgement {
  const clock = readClock(report, receivedAt)
  if (!previous) return judgeNew(null, report, receivedAt, clock)
  const age = compareAge(previous, report, clock.observedAt, receivedAt)
  if (age === 'newer') return judgeNew(previous, report, receivedAt, clock)
  const sockets =
    age === 'same'
      ? []
      : followSockets({ first: true, observedAt: null, sockets: [], taps: [] }, report, clock.observedAt)
  return { ...markSeen(previous, receivedAt), samples: sample(sockets, report, clock.observedAt) }
}

function compareAge(
  previous: HypervisorState,
  report: Report,
  observedAt: number,
  receivedAt: number,
): 'same' | 'older' | 'newer' {
  const { sequence } = previous.memory
  if (report.host.bootId === previous.bootId && report.sequence === sequence) return 'same'
  if (report.host.bootId === previous.bootId && report.sequence < sequence) return 'older'
  return observedAt < Math.min(previous.observedAt, receivedAt) - TRANSPORT_JITTER ? 'older' : 'newer'
}

/** The host reports nothing new: only silence ends. */
function markSeen(previous: HypervisorState, receivedAt: number): Pick<Judgement, 'state' | 'transitions'> {
  const { verdict } = previous.memory
  const wasSilent = previous.status === 'silent'
  const status = wasSilent ? verdict.status : previous.status
  const statusReason = wasSilent ? verdict.reason : previous.statusReason
  const seen = {
    ...previous,
    lastSeenAt: receivedAt,
    status,
    statusReason,
    statusSince: wasSilent ? receivedAt : previous.statusSince,
  }
  const judgeAgainAt = nextJudgement(silentFrom(seen), seen.vms, Math.min(previous.observedAt, receivedAt))
  const back: Transition = {
    at: receivedAt,
    subject: 'hypervisor',
    key: '',
    from: 'silent',
    to: status,
    reason: statusReason,
  }
  return { state: { ...seen, judgeAgainAt }, transitions: wasSilent ? [back] : [] }
}

type Clock = ReturnType<typeof readClock>

function judgeNew(
  previous: HypervisorState | null,
  report: Report,
  receivedAt: number,
  { clockSkew, observedAt }: Clock,
): Judgement {
  const at = previous ? Math.max(observedAt, Math.min(previous.observedAt, receivedAt)) : observedAt
  const first = previous === null
  const rebooted = previous !== null && previous.bootId !== report.host.bootId
  const known = rebooted || !previous ? { sockets: [], taps: [] } : previous
  const before = { sockets: previous?.sockets ?? [], taps: previous?.taps ?? [], vms: previous?.vms ?? [] }

  const unreadable = sendersUnreadable(report)
  const vmKeyOf = identifyVms(before.vms, report)
  const unread = readUnread(report)
  const followedSockets = followSockets({ first, observedAt: previous?.observedAt ?? null, ...known }, report, at)
  const sockets = [...followedSockets, ...keepUnread(known.sockets, unread, report)]
  const senderless = followSenderless(rebooted ? null : previous, report, unreadable === null, at)
  const taps = followTaps({
    namespaces: report.namespaces,
    sockets,
    previous: known.taps,
    unread,
    first,
    sendersUnreadable: unreadable,
    vmKeyOf,
    gatewayOf: findGateways(before.vms, report, vmKeyOf, at),
    senderless,
    at,
    lastObservedAt: previous?.observedAt ?? null,
    clock: { clockSkew, receivedAt },
  })
  const followed = followVms({
    report,
    taps,
    previous: before.vms,
    rebooted,
    lastObservedAt: previous?.observedAt ?? null,
    vmKeyOf,
    at,
    receivedAt,
    clockSkew,
  })
  const vms = judgeVms(followed, { taps, sockets, observedAt: at, silent: false, now: at })

  const senders = report.namespaces.flatMap((namespace) => namespace.senders)
  const socketless = new Set(senders.filter((sender) => sender.sockets.length === 0).map((sender) => sender.daemon))
  const abandoned = findAbandoned(taps, vms, senderless, at)
  const verdict = judgeHypervisor({
    sockets,
    taps: taps.length,
    sendersUnreadable: unreadable,
    socketless,
    abandoned,
    at,
  })
  const memory = {
    senderless,
    sequence: report.sequence,
    reportGaps: extendGaps(previous, report, rebooted, at),
    verdict,
  }
  // Silence ends when the report arrives. Everything else changed when it was observed.
  const changedAt = previous?.status === 'silent' ? receivedAt : Math.max(at, previous?.statusSince ?? 0)
  const changed = previous?.status !== verdict.status
  const state: HypervisorState = {
    bootId: report.host.bootId,
    status: verdict.status,
    statusReason: verdict.reason,
    statusSince: previous && isSameCondition(previous.status, verdict.status) ? previous.statusSince : changedAt,
    lastSeenAt: receivedAt,
    observedAt: at,
    clockSkew,
    membershipBytes: report.membershipBytes,
    sockets,
    taps,
    vms,
    judgeAgainAt: Math.max(
      nextJudgement(silentFrom({ lastSeenAt: receivedAt, memory }), vms, at),
      receivedAt - at > SPOOL_AGE ? receivedAt + SPOOL_PAUSE : 0,
    ),
    memory,
  }
  const own: Transition = {
    at: changedAt,
    subject: 'hypervisor',
    key: '',
    from: previous?.status ?? null,
    to: verdict.status,
    reason: verdict.reason,
  }
  const gone = rebooted ? 'The hypervisor rebooted' : 'No longer reported'
  const transitions = [
    ...(changed ? [own] : []),
    ...(previous ? recordRestarts(previous.sockets, sockets, at, rebooted) : []),
    ...recordTransitions(before, state, at, gone),
  ]
  return { state, transitions, samples: sample(followedSockets, report, at) }
}

/** Tells the gateway of a VM by its key; null if unknown, or if the route has gone. */
function findGateways(...about: Parameters<typeof listGateways>): (vmKey: string) => string | null {
  let gateways: ReadonlyMap<string, string> | null = null
  return (vmKey) => {
    gateways ??= listGateways(...about)
    return gateways.get(vmKey) ?? null
  }
}

function listGateways(
  vms: readonly VmState[],
  { routeChecks }: Report,
  vmKeyOf: (vm: Report['routeChecks'][number]['vm']) => string,
  at: number,
): ReadonlyMap<string, string> {
  const gateways = new Map<string, string>()
  for (const vm of vms) {
    const { gateway = null, expiresAt = null } = latestPresent(vm) ?? {}
    if (gateway !== null && vm.route.status !== 'missing' && at < (expiresAt ?? Infinity)) gateways.set(vm.key, gateway)
  }
  const told = routeChecks.map((check) => ({ ...check, key: vmKeyOf(check.vm) }))
  for (const { key, defaultRoute } of told) {
    if (defaultRoute === 'absent' || defaultRoute === 'expired') gateways.delete(key)
  }
  for (const { key, gateway, defaultRoute } of told) {
    if (gateway !== null && defaultRoute === 'present') gateways.set(key, gateway)
  }
  return gateways
}

/** The known sockets of namespaces that this report could not read at all. */
function keepUnread(
  sockets: readonly SocketState[],
  unread: ReadonlyMap<number, string>,
  { namespaces }: Report,
): SocketState[] {
  const told = new Set(namespaces.map(({ id }) => id))
  return sockets.filter(({ namespaceId }) => unread.has(namespaceId) && !told.has(namespaceId))
}

function extendGaps(
  previous: HypervisorState | null,
  { intervalSeconds }: Report,
  rebooted: boolean,
  at: number,
): number[] {
  // A report out of turn does not show when to expect the next report.
  if (intervalSeconds !== undefined) return [intervalSeconds * 1000]
  const gaps = previous?.memory.reportGaps ?? []
  if (!previous || rebooted || at <= previous.observedAt) return [...gaps]
  return [...gaps, at - previous.observedAt].slice(-MAX_GAPS)
}

function sample(sockets: readonly SocketState[], report: Report, at: number): Sample[] {
  return sockets.map((socket) => ({
    at,
    socketKey: socket.key,
    daemon: socket.daemon,
    pid: socket.pid,
    namespaceName: socket.namespaceName,
    optmemBytes: socket.optmemBytes,
    optmemMaxBytes: socket.optmemMaxBytes,
    membershipBytes: report.membershipBytes,
    liveMemberships: socket.liveMemberships,
    staleMemberships: socket.staleMemberships,
  }))
}
