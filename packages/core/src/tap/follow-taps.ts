import type { NamespaceReport, SenderReport, TapReport } from '@slashzero/contract/report'
import type { TapStatus } from '@slashzero/contract/rest'
import type { Senderless, SocketState, TapMemory, TapState } from '../state.ts'
import { countUnheard } from './count-unheard.ts'
import { findFilter } from './find-filter.ts'
import { findObstacle, tentativeSince } from './find-obstacle.ts'
import { findRivals, findRogue } from './find-rivals.ts'
import { findRouterElsewhere } from './find-router-elsewhere.ts'
import { joinedDaemons } from '../report/joined-daemons.ts'
import { dateAdvertisement, followAdvertisements } from './follow-advertisements.ts'
import type { Clock } from './follow-advertisements.ts'
import { judgeTap } from './judge-tap.ts'
import type { TapSender } from './judge-tap.ts'
import { readAdvertisements } from './read-advertisements.ts'
import { readConfiguration } from './read-configuration.ts'

export type TapsInput = {
  readonly namespaces: readonly NamespaceReport[]
  readonly sockets: readonly SocketState[]
  /** The taps known in this boot. */
  readonly previous: readonly TapState[]
  /** Namespaces whose interfaces could not be read, by id, and why. */
  readonly unread: ReadonlyMap<number, string>
  /** Whether the hypervisor never reported before. */
  readonly first: boolean
  /** Why some senders may be hidden; null if all could be read. */
  readonly sendersUnreadable: string | null
  readonly vmKeyOf: (vm: NonNullable<TapReport['vm']>) => string
  /** The gateways of VMs that have a default route, by key. */
  readonly gateways: ReadonlyMap<string, string>
  readonly senderless: readonly Senderless[]
  readonly at: number
  /** When the hypervisor was last observed; null if never. */
  readonly lastObservedAt: number | null
  readonly clock: Clock
}

/** The taps of a report with their verdicts, and what their counters did since the last report. */
export function followTaps({
  namespaces,
  sockets,
  previous,
  unread,
  first,
  sendersUnreadable,
  vmKeyOf,
  gateways,
  senderless,
  at,
  lastObservedAt,
  clock,
}: TapsInput): TapState[] {
  const known = new Map(previous.map((tap) => [tap.key, tap]))
  const senderlessById = new Map(senderless.map((place) => [place.namespaceId, place]))
  const socketsOf = Map.groupBy(sockets, ({ namespaceId }) => namespaceId)
  const byKey = new Map<string, TapState>()
  for (const namespace of namespaces) {
    const sendersOf = listSenders(namespace.senders, socketsOf.get(namespace.id) ?? [])
    // With several senders, the configuration does not show which sender should serve a tap.
    const [sender, ...others] = namespace.senders
    const configurationOf = readConfiguration(others.length === 0 ? sender?.configuration : null, sender?.daemon)
    const gone = senderlessById.get(namespace.id) ?? null
    const isRadvd = namespace.senders.every(({ daemon }) => daemon === 'radvd')
    for (const tap of namespace.taps) {
      const key = `${namespace.id}:${tap.ifindex}`
      const { vm, listener, advertisements, ...reported } = tap
      const before = sameInterface(known.get(key), tap)
      const facts = {
        ...reported,
        key,
        namespaceId: namespace.id,
        namespaceName: namespace.name,
        vmKey: vm && vmKeyOf(vm),
        ...countAnswers(before, tap, first, at),
        advertisements: followAdvertisements(before?.advertisements ?? null, advertisements, clock, at),
        ...keepLinkLocals(before, tap),
      }
      const configured = configurationOf(listener)
      const advertised = readAdvertisements(facts.advertisements, at)
      const here = sendersOf(listener)
      const rivals = findRivals(here, joinedDaemons(tap))
      const rogue = advertised.suspicious === null ? findRogue(tap, listener) : null
      const tentative = tentativeSince(facts, at)
      const obstacle = findObstacle(facts, listener ?? tap.name, tentative, at)
      const harms = [obstacle, rivals.harmful, advertised.harmful, configured.harmful]
      facts.memory = withEntries(facts.memory, {
        advertisedAt: dateAdvertisement(before, facts, lastObservedAt),
        configuredLifetime: configured.lifetime,
        harmful: harms.filter((words) => words !== null).join('; ') || null,
        tentativeSince: tentative,
        unheard: countUnheard(before, tap),
      })
      const gateway = (facts.vmKey === null ? undefined : gateways.get(facts.vmKey)) ?? null
      const elsewhere = findRouterElsewhere(facts, listener, gateway, gone, at)
      const { status, reason } = judgeTap(
        facts,
        { senders: here, unreadable: sendersUnreadable, configured, obstacle, elsewhere, gone },
        at,
      )
      const statusSince = before && isSameCondition(before.status, status) ? before.statusSince : at
      const filter = status === 'served' && isRadvd ? findFilter(facts) : null
      const found = [filter, rivals.harmful, rivals.suspicious, advertised.harmful, advertised.suspicious, rogue]
      const said = [reason, ...found].filter((words) => words !== null)
      facts.memory = keepServed(before, status, facts.memory, lastObservedAt)
      const next = { ...facts, status, statusReason: said.join('; '), statusSince }
      byKey.set(key, before && isSame(before, next) ? before : next)
    }
  }
  for (const tap of previous) {
    const why = unread.get(tap.namespaceId)
    if (why !== undefined && !byKey.has(tap.key)) byKey.set(tap.key, keepUnread(tap, why, at, lastObservedAt))
  }
  return [...byKey.values()]
}

/** A tap that is not served stays so, whatever the reason. */
const UNSERVED: ReadonlySet<TapStatus> = new Set([
  'no-sender',
  'not-joined',
  'unanswered-solicitations',
  'sends-blocked',
])

function isSameCondition(one: TapStatus, other: TapStatus): boolean {
  return one === other || (UNSERVED.has(one) && UNSERVED.has(other))
}

/** A known tap in a namespace that could not be read. */
function keepUnread(tap: TapState, why: string, at: number, lastObservedAt: number | null): TapState {
  const statusReason = `Its network namespace could not be read: ${why}`
  if (tap.status === 'unknown' && tap.statusReason === statusReason) return tap
  const memory = keepServed(tap, 'unknown', tap.memory, lastObservedAt)
  return {
    ...tap,
    memory,
    status: 'unknown',
    statusReason,
    statusSince: tap.status === 'unknown' ? tap.statusSince : at,
  }
}

/** The senders of a namespace, for a tap by its listener. `sockets`: the sockets of the namespace. */
function listSenders(
  senders: readonly SenderReport[],
  sockets: readonly SocketState[],
): (listener: TapReport['listener']) => TapSender[] {
  const inodes = senders.map(({ sockets: own }) => String(own.map(({ inode }) => inode).toSorted((a, b) => a - b)))
  // Processes that share their sockets are one sender.
  const apart = senders.filter((_, index) => inodes[index] === '' || inodes.indexOf(inodes[index] ?? '') === index)
  const known = apart.map(({ daemon, pid, joinedListeners, configuration, sockets: own }) => {
    const isAlone = apart.every((other) => other.pid === pid || other.daemon !== daemon)
    return {
      name: isAlone ? daemon : `${daemon} (pid ${pid})`,
      sockets: sockets.filter(({ inode }) => own.some((socket) => socket.inode === inode)),
      lifetimeOf: readConfiguration(configuration, daemon),
      joinedListeners: joinedListeners ? new Set(joinedListeners) : null,
    }
  })
  return (listener) =>
    known.map(({ name, sockets: own, joinedListeners, lifetimeOf }) => ({
      name,
      sockets: own,
      lifetime: lifetimeOf(listener).lifetime,
      joined: listener ? (joinedListeners?.has(listener) ?? null) : null,
    }))
}

/** Whether both are the same in every field. Objects count as the same only if they are one object. */
function isSame(before: TapState, next: TapState): boolean {
  for (const name in next) if (Reflect.get(before, name) !== Reflect.get(next, name)) return false
  return true
}

type Counters = Pick<TapReport, 'countedOn' | 'routerSolicitsIn' | 'routerAdvertsIn' | 'routerAdvertsOut'>

/**
 * The previous tap, unless a counter fell: a lower counter belongs to another interface with a reused ifindex, or to
 * IPv6 switched off and on. A changed name alone is a rename.
 */
function sameInterface(previous: TapState | undefined, seen: Counters): TapState | undefined {
  return previous && (isBridged(previous) || isBridged(seen) || !hasFallen(previous, seen)) ? previous : undefined
}

function isBridged({ countedOn }: Counters): boolean {
  return countedOn !== undefined && countedOn !== null
}

function hasFallen(before: Counters, seen: Counters): boolean {
  const fell = (was: number | null, is: number | null) => was !== null && is !== null && is < was
  return (
    fell(before.routerSolicitsIn, seen.routerSolicitsIn) ||
    fell(before.routerAdvertsIn, seen.routerAdvertsIn) ||
    fell(before.routerAdvertsOut, seen.routerAdvertsOut)
  )
}

/**
 * The earlier counters of the same interface; a tap put on a bridge or taken off is counted elsewhere. A bridge can be
 * older than its tap, so a tap just seen has none, unless the bridge never sent an advertisement.
 */
function countersBefore(before: TapState | undefined, seen: Counters): Counters | undefined {
  const same = before !== undefined && (before.countedOn ?? null) === (seen.countedOn ?? null)
  if (same && !(isBridged(seen) && hasFallen(before, seen))) return before
  if (before === undefined && !isBridged(seen)) return undefined
  return seen.routerAdvertsOut === 0 ? undefined : UNCOMPARABLE
}

const UNCOMPARABLE: Counters = { routerSolicitsIn: null, routerAdvertsIn: null, routerAdvertsOut: null }

function countAnswers(
  before: TapState | undefined,
  seen: Counters & Pick<TapReport, 'up'>,
  first: boolean,
  at: number,
): Pick<TapState, 'unanswered' | 'memory'> {
  const known = before?.memory ?? { appearedAt: first ? null : at, advertisedAt: null }
  const memory = before?.up === false && seen.up ? { ...known, appearedAt: at } : known
  const { routerSolicitsIn: solicits, routerAdvertsOut: adverts } = seen
  if (solicits === null || adverts === null) return { unanswered: null, memory }
  const last = countersBefore(before, seen)
  const advertised = rise(last?.routerAdvertsOut, adverts)
  if (advertised > 0) return { unanswered: null, memory: { ...memory, advertisedAt: before || !first ? at : null } }
  const solicited = rise(last?.routerSolicitsIn, solicits)
  const unanswered = last === before ? (before?.unanswered ?? null) : null
  if (solicited === 0) return { unanswered, memory }
  return { unanswered: { solicits: (unanswered?.solicits ?? 0) + solicited, since: unanswered?.since ?? at }, memory }
}

/** The link-local addresses, the same list if they did not change. */
function keepLinkLocals(before: TapState | undefined, { linkLocals }: TapReport): Pick<TapReport, 'linkLocals'> {
  if (linkLocals === undefined) return {}
  const known = before?.linkLocals
  const isKnown = linkLocals.every(
    (one, index) => one.address === known?.[index]?.address && one.state === known[index]?.state,
  )
  return { linkLocals: known?.length === linkLocals.length && isKnown ? known : linkLocals }
}

/** The memory with the last report that showed the tap served, if the tap is served no longer. */
function keepServed(
  before: TapState | undefined,
  status: TapStatus,
  memory: TapMemory,
  lastObservedAt: number | null,
): TapMemory {
  return before?.status === 'served' && status !== 'served' ? { ...memory, servedUntil: lastObservedAt } : memory
}

/** The memory with these entries; the same object if they did not change. */
function withEntries(memory: TapMemory, entries: Required<Omit<TapMemory, 'appearedAt' | 'servedUntil'>>): TapMemory {
  const { advertisedAt, configuredLifetime, harmful, tentativeSince: tentative, unheard } = entries
  const same =
    unheard === (memory.unheard ?? null) &&
    tentative === (memory.tentativeSince ?? null) &&
    advertisedAt === memory.advertisedAt &&
    configuredLifetime === (memory.configuredLifetime ?? null) &&
    harmful === (memory.harmful ?? null)
  return same ? memory : { ...memory, ...entries }
}

/**
 * A counter begins at 0 with its interface, so all of a new counter counts. After an unread counter no rise is known.
 */
function rise(was: number | null | undefined, is: number): number {
  if (was === undefined) return is
  return was === null ? 0 : is - was
}
