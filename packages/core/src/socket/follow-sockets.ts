import type { NamespaceReport, Report, SenderReport, SocketReport } from '@slashzero/contract/report'
import { toUtc } from '../report/read-clock.ts'
import { readUnread, tapsUnreadable } from '../report/read-failures.ts'
import { joinsLeft, sendsBlocked } from '../optmem/headroom.ts'
import type { SocketMemory, SocketState, TapState } from '../state.ts'
import { joinedDaemons } from '../report/joined-daemons.ts'
import { countMemberships } from './count-memberships.ts'
import { extendTrend, forecastFull, settle } from './forecast.ts'

/** The previous state of the same boot. `first`: the hypervisor never reported before. */
export type Before = {
  readonly first: boolean
  /** When the hypervisor was last observed; null if never. */
  readonly observedAt: number | null
  readonly sockets: readonly SocketState[]
  readonly taps: readonly TapState[]
}

/**
 * The sender sockets of a report with their memberships, headroom and recent usage. A socket that two processes share
 * counts once.
 */
export function followSockets(before: Before, report: Report, at: number): SocketState[] {
  const known = new Map(before.sockets.map((socket) => [socket.key, socket]))
  const tapsOf = groupKnown(before.taps, report.namespaces)
  const unreadable = tapsUnreadable(report)
  const unread = readUnread(report)
  const followed = report.namespaces.flatMap((namespace) => {
    // An older collector names no unread namespaces: there, only the failed probe shows that taps may be hidden.
    const why = unread.get(namespace.id) ?? (namespace.taps.length === 0 ? unreadable : null)
    const taps = why === null ? namespace.taps : { unreadable: why }
    const owned = ownedSockets(namespace)
    const sockets = owned.map(({ socket }) => socket)
    const departures = 'unreadable' in taps ? 0 : countDepartures(tapsOf.get(namespace.id) ?? [], namespace)
    return owned.map(({ sender, socket }) => {
      const key = `${namespace.id}:${socket.inode}`
      const count = countMemberships(
        socket,
        sockets,
        { joinedInterfaces: namespace.joinedInterfaces, taps },
        report.membershipBytes,
      )
      const previous = known.get(key)
      const used = socket.optmemBytes
      const limit = namespace.optmemMaxBytes
      const unit = report.membershipBytes
      const trend = extendTrend(previous?.trend ?? [], at, settle(used, unit))
      const blocks = {
        joinsLeft: used === null || limit === null || unit === null ? null : joinsLeft({ limit, used, unit }),
        sendsBlocked: used === null || limit === null ? null : sendsBlocked({ limit, used }, sender.daemon),
      }
      const memory = remember({
        previous,
        appearedAt: before.first ? null : at,
        lastObservedAt: before.observedAt,
        stale: count.stale,
        reason: count.reason,
        departures,
        at,
        ...blocks,
      })
      return Object.assign(senderFacts(sender), socket, {
        key,
        namespaceId: namespace.id,
        namespaceName: namespace.name,
        optmemMaxBytes: limit,
        optmemMaxSource: namespace.optmemMaxSource,
        memberships: count.memberships,
        liveMemberships: count.live,
        staleMemberships: count.stale,
        ...blocks,
        trend,
        // Live joins level off with the VMs that fit on a host, so only a leak is forecast.
        fullAt: used === null || memory.staleGrewAt === null ? null : forecastFull(trend, limit, unit),
        memory,
      })
    })
  })
  return [...new Map(followed.map((socket) => [socket.key, socket])).values()]
}

function senderFacts(sender: SenderReport) {
  const { sockets: _, configuration: _1, configurationError: _2, joinedListeners: _3, ...facts } = sender
  return { ...facts, startedAt: facts.startedAt === null ? null : toUtc(facts.startedAt) }
}

type Owned = { readonly sender: SenderReport; readonly socket: SocketReport }

function ownedSockets(namespace: NamespaceReport): Owned[] {
  const byInode = new Map<number, Owned>()
  for (const sender of namespace.senders) {
    for (const socket of sender.sockets) {
      if (!byInode.has(socket.inode)) byInode.set(socket.inode, { sender, socket })
    }
  }
  return [...byInode.values()]
}

/** The known taps by namespace; empty if the report names all of them in their order, so that none departed. */
function groupKnown(
  taps: readonly TapState[],
  namespaces: readonly NamespaceReport[],
): ReadonlyMap<number, readonly TapState[]> {
  let found = 0
  for (const namespace of namespaces) {
    for (const { ifindex } of namespace.taps) {
      const tap = taps[found]
      if (tap?.ifindex === ifindex && tap.namespaceId === namespace.id) found += 1
    }
  }
  const isEachOnce = namespaces.length < 2 || new Set(namespaces.map(({ id }) => id)).size === namespaces.length
  return found === taps.length && isEachOnce ? new Map() : Map.groupBy(taps, ({ namespaceId }) => namespaceId)
}

/** `taps`: those known before in the namespace. */
function countDepartures(taps: readonly TapState[], namespace: NamespaceReport): number {
  if (taps.length === 0) return 0
  const present = new Set(namespace.taps.map((tap) => tap.ifindex))
  return taps.filter((tap) => !present.has(tap.ifindex) && (joinedDaemons(tap) ?? 0) > 0).length
}

type Remembered = Pick<SocketState, 'joinsLeft' | 'sendsBlocked'> & {
  readonly previous: SocketState | undefined
  readonly appearedAt: number | null
  readonly lastObservedAt: number | null
  readonly stale: number | null
  readonly reason: string | null
  readonly departures: number
  readonly at: number
}

function remember({
  previous,
  appearedAt,
  lastObservedAt,
  stale,
  reason,
  departures,
  at,
  ...now
}: Remembered): SocketMemory {
  const staleUnknownReason = reason
  if (!previous) {
    const none = { staleGrewAt: null, departures: 0, latestDepartures: 0 }
    return { appearedAt, appearedAfter: lastObservedAt, ...none, staleUnknownReason }
  }
  const { staleMemberships: was } = previous
  const memory = {
    ...previous.memory,
    ...(previous.sendsBlocked === false && now.sendsBlocked && { sendsUntil: lastObservedAt }),
    ...(previous.joinsLeft && now.joinsLeft === 0 && { joinsUntil: lastObservedAt }),
    staleUnknownReason,
  }
  const change = stale === null || was === null ? 0 : stale - was
  if (change !== 0) return { ...memory, staleGrewAt: change > 0 ? at : null, departures: 0, latestDepartures: 0 }
  return { ...memory, departures: memory.departures + memory.latestDepartures, latestDepartures: departures }
}
