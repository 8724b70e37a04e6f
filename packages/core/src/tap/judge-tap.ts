import type { TapStatus } from '@slashzero/contract'
import type { SocketState, TapState } from '../state.ts'
import { counted, moment } from '../wording/figures.ts'
import { describeBlock } from '../socket/describe-socket.ts'
import { joinedDaemons } from './joined-daemons.ts'
import type { TapConfiguration } from './read-configuration.ts'

/** radvd joins about one second after a tap comes up (measured); ten leave room for a loaded host. */
const JOIN_GRACE = 10_000
/** RFC 4861, 6.2.6: an answer is delayed by up to 0.5 s and held back until 3 s after the last multicast one. */
const ANSWER_GRACE = 10_000
/**
 * Where no join and no send can succeed, waiting shows nothing more. But a report that meets a daemon at its last successful one
 * may see the socket full and what filled it not yet, and so it takes another report: two seconds later radvd's own is over.
 */
const HOPELESS_GRACE = 2000

type TapFacts = Pick<TapState, 'name' | 'up' | 'forwarding' | 'allRoutersUsers' | 'unanswered' | 'memory' | 'vmKey' | 'routerAdvertsOut'>
export type TapSenders = {
  /** Daemons seen alive in the tap's namespace. */
  readonly daemons: readonly string[]
  readonly sockets: readonly SocketState[]
  readonly unreadable: string | null
  readonly configured: TapConfiguration
}
export type TapVerdict = { readonly status: TapStatus; readonly reason: string }

/**
 * Whether a tap is served with Router Advertisements. `at` is when it was observed. Solicitations count as unanswered when a later
 * report than the one that saw them, and at least ten seconds later, has seen no advertisement go out; two seconds where none can.
 */
export function judgeTap(tap: TapFacts, { daemons, sockets, unreadable, configured }: TapSenders, at: number): TapVerdict {
  const joined = joinedDaemons(tap)
  const sender = daemons.length > 0 ? daemons.join(' and ') : null
  const answerGrace = isHopeless(sockets, ({ sendsBlocked }) => sendsBlocked === true) ? HOPELESS_GRACE : ANSWER_GRACE
  const joinGrace = isHopeless(sockets, ({ joinsLeft }) => joinsLeft === 0) ? HOPELESS_GRACE : JOIN_GRACE
  const late = tap.unanswered !== null && at - tap.unanswered.since >= answerGrace ? tap.unanswered : null
  if (!tap.up) return { status: 'unknown', reason: `The tap is down${orphan(tap)}` }
  if (late && joined !== 0 && sender) return { status: 'unanswered-solicitations', reason: unanswered(late, sender, tap, sockets) + also(configured.harmful) }
  if (joined === null) return { status: 'unknown', reason: 'Whether a daemon has joined ff02::2 here could not be read' }
  if (joined > 0) return served(tap, joined, sender, unreadable, sockets, configured)
  if (!sender) {
    return unreadable === null
      ? { status: 'no-sender', reason: `No Router Advertisement daemon runs in this namespace${orphan(tap)}` }
      : { status: 'unknown', reason: `Senders could not be looked for: ${unreadable}` }
  }
  if (tap.memory.appearedAt !== null && at - tap.memory.appearedAt < joinGrace) {
    return { status: 'unknown', reason: `It came up at ${moment(tap.memory.appearedAt)}, and ${sender} has not joined yet` }
  }
  return { status: 'not-joined', reason: notJoined(tap, sender, sockets) + also(configured.unjoined) }
}

/** Whether no sender of the namespace can, as far as its sockets are known. */
function isHopeless(sockets: readonly SocketState[], cannot: (socket: SocketState) => boolean): boolean {
  return sockets.length > 0 && sockets.every(cannot)
}

function served(
  tap: TapFacts,
  joined: number,
  sender: string | null,
  unreadable: string | null,
  sockets: readonly SocketState[],
  { harmful }: TapConfiguration,
): TapVerdict {
  if (!sender) {
    const why = unreadable === null ? 'no sender was seen in this namespace' : `senders could not be looked for: ${unreadable}`
    return { status: 'unknown', reason: `${counted(joined, 'daemon')} joined here, but ${why}` }
  }
  const uncounted = tap.routerAdvertsOut === null ? '; its Router Advertisements could not be counted' : ''
  const block = sockets.find((socket) => socket.sendsBlocked)
  const mute = block ? `, yet nothing is sent: ${describeBlock(block)}` : ''
  return { status: 'served', reason: `${sender} has joined here${uncounted}${mute}${also(harmful)}` }
}

function unanswered(late: NonNullable<TapState['unanswered']>, sender: string, tap: TapFacts, sockets: readonly SocketState[]): string {
  const block = sockets.find((socket) => socket.sendsBlocked)
  const why = block ? `; ${describeBlock(block)}` : ''
  const solicits = counted(late.solicits, 'Router Solicitation')
  return `${sender} has answered none of ${solicits} since ${moment(late.since)}${orphan(tap)}${why}`
}

function notJoined(tap: TapFacts, sender: string, sockets: readonly SocketState[]): string {
  const block = sockets.find((socket) => socket.joinsLeft === 0 || socket.sendsBlocked)
  const why = block ? `; ${describeBlock(block)}` : ''
  return `${sender} runs but has not joined ff02::2 here${orphan(tap)}${why}`
}

function also(words: string | null): string {
  return words === null ? '' : `; ${words}`
}

function orphan(tap: TapFacts): string {
  return tap.vmKey === null ? ', and no VM was seen behind it' : ''
}
