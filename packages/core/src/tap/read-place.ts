import type { NamespaceReport, SenderReport, TapReport } from '@slashzero/contract/report'
import { describeBlock, isFull } from '../socket/describe-socket.ts'
import type { Senderless, SocketState } from '../state.ts'
import type { TapSender } from './judge-tap.ts'
import { readConfiguration } from './read-configuration.ts'
import type { TapConfiguration } from './read-configuration.ts'

type Listener = TapReport['listener']

/** A namespace as far as verdicts on its taps depend on it. */
export type Place = {
  readonly id: number
  readonly name: string | null
  /** Why some senders may be hidden; null if all could be read. */
  readonly sendersUnreadable: string | null
  /** Which sender ran here before, if none runs now; null if unknown. */
  readonly gone: Senderless | null
  readonly isRadvd: boolean
  readonly sendersOf: (listener: Listener) => TapSender[]
  readonly configurationOf: (listener: Listener) => TapConfiguration
  /** What `sendersOf` says of a listener that `configurationOf` does not; null if nothing. */
  readonly describeSenders: (listener: Listener) => string | null
  /** The rest in one text: equal texts mean that nothing changed for a tap. */
  readonly summary: string
  /** What `configurationOf` and `describeSenders` read: the same parts mean that they say the same. */
  readonly parts: readonly unknown[]
}

/** Reads a namespace for its taps. `sockets`: the sockets of the namespace. */
export function readPlace(
  { id, name, senders }: NamespaceReport,
  sockets: readonly SocketState[],
  sendersUnreadable: string | null,
  gone: Senderless | null,
): Place {
  // With several senders, the configuration does not show which sender should serve a tap.
  const [sender, ...others] = senders
  const isAlone = others.length === 0
  const configurationOf = readConfiguration(isAlone ? sender?.configuration : null, sender?.daemon)
  const known = listSenders(senders, sockets, isAlone ? configurationOf : null)
  const isRadvd = senders.every(({ daemon }) => daemon === 'radvd')
  const sendersOf = (listener: Listener) => known.map((one) => one.at(listener))
  const isPlain = isAlone && !sender?.joinedListeners
  return {
    id,
    name,
    sendersUnreadable,
    gone,
    isRadvd,
    sendersOf,
    configurationOf,
    describeSenders: (listener) =>
      isPlain
        ? null
        : sendersOf(listener)
            .map(({ joined, lifetime }) => `${joined} ${lifetime}`)
            .join(),
    parts: senders.flatMap((one) => [one.pid, one.daemon, one.configuration, one.joinedListeners]),
    summary: JSON.stringify([
      name,
      sendersUnreadable,
      gone,
      isRadvd,
      known.map((one) => [one.name, one.sockets.map(summariseSocket)]),
    ]),
  }
}

/** What a verdict on a tap says of a socket. */
function summariseSocket(socket: SocketState) {
  return isFull(socket) ? [socket.sendsBlocked, socket.joinsLeft === 0, describeBlock(socket)] : null
}

type KnownSender = Pick<TapSender, 'name' | 'sockets'> & { readonly at: (listener: Listener) => TapSender }

/** `ofOnly`: the configuration of the only sender. */
function listSenders(
  senders: readonly SenderReport[],
  sockets: readonly SocketState[],
  ofOnly: Place['configurationOf'] | null,
): KnownSender[] {
  const inodes = senders.map(({ sockets: own }) => String(own.map(({ inode }) => inode).toSorted((a, b) => a - b)))
  // Processes that share their sockets are one sender.
  const apart = senders.filter((_, index) => inodes[index] === '' || inodes.indexOf(inodes[index] ?? '') === index)
  return apart.map(({ daemon, pid, joinedListeners, configuration, sockets: reported }) => {
    const isAlone = apart.every((other) => other.pid === pid || other.daemon !== daemon)
    const name = isAlone ? daemon : `${daemon} (pid ${pid})`
    const own = sockets.filter(({ inode }) => reported.some((socket) => socket.inode === inode))
    const configurationOf = ofOnly ?? readConfiguration(configuration, daemon)
    const joined = joinedListeners ? new Set(joinedListeners) : null
    const at = (listener: Listener) => ({
      name,
      sockets: own,
      lifetime: configurationOf(listener).lifetime,
      joined: listener ? (joined?.has(listener) ?? null) : null,
    })
    return { name, sockets: own, at }
  })
}
