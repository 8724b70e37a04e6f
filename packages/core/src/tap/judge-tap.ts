import type { TapStatus } from '@slashzero/contract/rest'
import type { Senderless, SocketState, TapState } from '../state.ts'
import { counted, figure, moment } from '../wording/figures.ts'
import { describeBlock, isFull } from '../socket/describe-socket.ts'
import type { RouterElsewhere } from './find-router-elsewhere.ts'
import { joinedDaemons } from '../report/joined-daemons.ts'
import type { TapConfiguration } from './read-configuration.ts'

/** radvd joins about one second after a tap comes up (measured); ten seconds leave room for a loaded host. */
export const JOIN_GRACE = 10_000
/** RFC 4861, 6.2.6: an answer is delayed by up to 0.5 s, and until 3 s after the last multicast advertisement. */
export const ANSWER_GRACE = 10_000
/**
 * A blocked sender needs no long wait. A report during the last successful join or send may show the socket full, but
 * not yet the join or send; radvd finishes within two seconds, so a later report decides.
 */
export const HOPELESS_GRACE = 2000

type TapFacts = Pick<
  TapState,
  | 'name'
  | 'up'
  | 'forwarding'
  | 'allRoutersUsers'
  | 'countedOn'
  | 'unanswered'
  | 'memory'
  | 'vmKey'
  | 'routerAdvertsOut'
>
/** A sender of the tap's namespace. */
export type TapSender = {
  /** The daemon, with its pid if several senders run the same daemon. */
  readonly name: string
  readonly sockets: readonly SocketState[]
  /** Whether the sender has joined on the tap; null if unknown. */
  readonly joined: boolean | null
  /** The router lifetime that the sender is configured to advertise on the tap, in seconds; null if unknown. */
  readonly lifetime: number | null
}
export type TapSenders = {
  readonly senders: readonly TapSender[]
  readonly unreadable: string | null
  readonly configured: TapConfiguration
  /** What keeps every sender from advertising on the tap; null if nothing is known to. */
  readonly obstacle: string | null
  readonly elsewhere: RouterElsewhere | null
  /** Which sender ran in the namespace before, if none runs now; null if unknown. */
  readonly gone: Senderless | null
}
export type TapVerdict = { readonly status: TapStatus; readonly reason: string }

/**
 * Whether a tap is served with Router Advertisements. `at` is when the tap was observed. Solicitations are unanswered
 * if a later report, after ten seconds or after two if no sender can send, shows no advertisement.
 */
export function judgeTap(tap: TapFacts, around: TapSenders, at: number): TapVerdict {
  const { senders, unreadable, configured, obstacle, elsewhere } = around
  const joined = joinedDaemons(tap)
  const sockets = senders.flatMap((sender) => sender.sockets)
  const answerGrace = isHopeless(sockets, ({ sendsBlocked }) => sendsBlocked === true) ? HOPELESS_GRACE : ANSWER_GRACE
  const joinGrace = isHopeless(sockets, ({ joinsLeft }) => joinsLeft === 0) ? HOPELESS_GRACE : JOIN_GRACE
  const since = tap.unanswered?.since ?? at
  const late = at - since >= answerGrace && (elsewhere?.seenAt ?? 0) <= since ? tap.unanswered : null
  if (!tap.up)
    return { status: 'unknown', reason: `The tap is down${tap.vmKey === null ? orphan(tap) : ' while its VM runs'}` }
  if (late && joined !== 0 && senders.length > 0) {
    const answering = joined === null ? senders : (findJoiners(senders, joined) ?? senders)
    const why = also(obstacle) + also(configured.harmful)
    return { status: 'unanswered-solicitations', reason: unanswered(late, answering, tap) + why }
  }
  if (joined === null) return { status: 'unknown', reason: 'Could not read whether a daemon has joined ff02::2 here' }
  if (joined > 0) return awaitAnswer(tap, served(tap, joined, around))
  const away = describeElsewhere(elsewhere)
  if (senders.length === 0) {
    if (unreadable !== null) return { status: 'unknown', reason: `Could not look for senders: ${unreadable}` }
    return away ?? { status: 'no-sender', reason: noSender(around) + orphan(tap) }
  }
  if (tap.memory.appearedAt !== null && at - tap.memory.appearedAt < joinGrace) {
    return {
      status: 'unknown',
      reason: `The tap came up at ${moment(tap.memory.appearedAt)} and ${name(senders)} ${have(senders)} not joined yet`,
    }
  }
  const reason = notJoined(tap, senders) + also(obstacle) + also(configured.unjoined)
  return away?.status === 'served' && !senders.some(hasFull)
    ? { ...away, reason: `${away.reason}; ${reason}` }
    : { status: 'not-joined', reason }
}

function noSender({ gone }: TapSenders): string {
  const before = gone?.sender ? `; ${gone.sender}, has been gone since ${moment(gone.since)}` : ''
  return `No Router Advertisement daemon runs in this namespace${before}`
}

/**
 * A tap whose router is not this host; null without such a router. The gateway alone does not show that the router
 * still lives.
 */
function describeElsewhere(elsewhere: RouterElsewhere | null): TapVerdict | null {
  if (elsewhere === null) return null
  return elsewhere.seenAt === null
    ? {
        status: 'unknown',
        reason: `The VM's gateway, ${elsewhere.address}, is not this host, which runs no sender here`,
      }
    : { status: 'served', reason: `A router elsewhere, ${elsewhere.address}, advertises here` }
}

/** Whether no known socket of the namespace can join or send. */
function isHopeless(sockets: readonly SocketState[], cannot: (socket: SocketState) => boolean): boolean {
  return sockets.length > 0 && sockets.every(cannot)
}

/** The senders that have joined on a tap, by the number of joined daemons; null if it is not known which. */
export function findJoiners(senders: readonly TapSender[], joined: number): readonly TapSender[] | null {
  const known = senders.every((sender) => sender.joined !== null)
    ? senders.filter((sender) => sender.joined === true)
    : []
  if (known.length > 0) return known
  return joined >= senders.length ? senders : null
}

function served(
  tap: TapFacts,
  joined: number,
  { senders, unreadable, configured: { harmful }, obstacle }: TapSenders,
): TapVerdict {
  if (senders.length === 0) {
    const why =
      unreadable === null ? 'no sender was seen in this namespace' : `could not look for senders: ${unreadable}`
    return { status: 'unknown', reason: `${counted(joined, 'daemon')} joined here, but ${why}` }
  }
  const uncounted = tap.routerAdvertsOut === null ? '; its Router Advertisements could not be counted' : ''
  const joiners = findJoiners(senders, joined)
  if (obstacle !== null)
    return {
      status: 'unknown',
      reason: `${name(joiners ?? senders)} ${have(joiners ?? senders)} joined here, but ${obstacle}`,
    }
  const mute = (joiners ?? senders).filter(isMute)
  if (joiners === null && mute.length < senders.length) {
    const some = `${figure(joined)} of ${figure(senders.length)} daemons (${name(senders)}) ${joined === 1 ? 'has' : 'have'} joined here${uncounted}`
    if (mute.length === 0) return { status: 'served', reason: some }
    return {
      status: 'unknown',
      reason: `${some}, but which one is not known; ${name(mute)} cannot send: ${describeBlocks(mute)}`,
    }
  }
  const able = (joiners ?? senders).filter((sender) => !isMute(sender))
  if (able.length === 0) {
    const reason = `${name(mute)} ${have(mute)} joined here${uncounted} but cannot send: ${describeBlocks(mute)}${also(harmful)}`
    return { status: 'sends-blocked', reason }
  }
  const doubtful = able.filter(({ sockets }) => sockets.some(({ sendsBlocked }) => sendsBlocked === true))
  if (doubtful.length === able.length) {
    return {
      status: 'unknown',
      reason: `${name(able)} ${have(able)} joined here${uncounted}, but one of several sockets cannot send: ${describeBlocks(able)}`,
    }
  }
  const left = senders.filter((sender) => !able.includes(sender) && hasFull(sender))
  const beside =
    left.length === 0
      ? ''
      : `; ${name(left)} ${left.length === 1 ? 'does' : 'do'} not serve this tap: ${describeBlocks(left)}`
  return { status: 'served', reason: `${name(able)} ${have(able)} joined here${uncounted}${beside}${also(harmful)}` }
}

/** Adds to a served tap the solicitations that wait for an answer. */
function awaitAnswer(tap: TapFacts, verdict: TapVerdict): TapVerdict {
  const waiting = tap.unanswered
  if (waiting === null || verdict.status !== 'served') return verdict
  const solicits = countSolicits(waiting, tap)
  return {
    ...verdict,
    reason: `${verdict.reason}; ${solicits} since ${moment(waiting.since)} ${waiting.solicits === 1 ? 'has' : 'have'} no answer yet`,
  }
}

function countSolicits({ solicits }: NonNullable<TapState['unanswered']>, { countedOn }: TapFacts): string {
  return `${counted(solicits, 'Router Solicitation')}${countedOn ? ` on ${countedOn}` : ''}`
}

function unanswered(late: NonNullable<TapState['unanswered']>, senders: readonly TapSender[], tap: TapFacts): string {
  const solicits = countSolicits(late, tap)
  const why = also(describeBlocks(senders.filter((sender) => sender.sockets.some((socket) => socket.sendsBlocked))))
  return `${name(senders)} ${have(senders)} not answered ${solicits} since ${moment(late.since)}${orphan(tap)}${why}`
}

function notJoined(tap: TapFacts, senders: readonly TapSender[]): string {
  const run = senders.length === 1 ? 'runs' : 'run'
  return `${name(senders)} ${run} but ${have(senders)} not joined ff02::2 here${orphan(tap)}${also(describeBlocks(senders.filter(hasFull)))}`
}

/** Whether every socket of the sender is blocked. */
export function isMute({ sockets }: TapSender): boolean {
  return isHopeless(sockets, ({ sendsBlocked }) => sendsBlocked === true)
}

function hasFull({ sockets }: TapSender): boolean {
  return sockets.some(isFull)
}

/** What fills the sockets of these senders; null if no socket is full. */
function describeBlocks(senders: readonly TapSender[]): string | null {
  const blocks = senders.flatMap((sender) => {
    const block = sender.sockets.find(isFull)
    if (!block) return []
    return senders.length === 1 ? [describeBlock(block)] : [`${sender.name}: ${describeBlock(block)}`]
  })
  return blocks.length === 0 ? null : blocks.join('; ')
}

function name(senders: readonly TapSender[]): string {
  return listNames(senders.map((sender) => sender.name))
}

/** `radvd, dnsmasq and bird`. */
export function listNames(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

function have({ length }: readonly TapSender[]): string {
  return length === 1 ? 'has' : 'have'
}

function also(words: string | null): string {
  return words === null ? '' : `; ${words}`
}

function orphan(tap: TapFacts): string {
  return tap.vmKey === null ? ', and no VM was seen behind it' : ''
}
