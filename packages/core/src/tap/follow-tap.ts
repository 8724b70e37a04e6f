import type { TapReport } from '@slashzero/contract/report'
import type { TapStatus } from '@slashzero/contract/rest'
import { joinedDaemons } from '../report/joined-daemons.ts'
import type { TapMemory, TapState } from '../state.ts'
import { countUnheard } from './count-unheard.ts'
import { findFilter } from './find-filter.ts'
import { findObstacle, tentativeSince } from './find-obstacle.ts'
import { findRivals, findRogue } from './find-rivals.ts'
import { findRouterElsewhere } from './find-router-elsewhere.ts'
import { type Clock, dateAdvertisement, followAdvertisements } from './follow-advertisements.ts'
import { judgeTap } from './judge-tap.ts'
import { readAdvertisements } from './read-advertisements.ts'
import type { Place } from './read-place.ts'
import { isSameFacts, isSameList } from './steady-taps.ts'

export type Around = {
  readonly tap: TapReport
  readonly key: string
  readonly vmKey: string | null
  readonly place: Place
  readonly clock: Clock
  readonly at: number
  /** The gateway of a VM by its key, if its route has not gone. */
  readonly gatewayOf: (vmKey: string) => string | null
  /** Whether the hypervisor never reported before. */
  readonly first: boolean
  /** When the hypervisor was last observed; null if never. */
  readonly lastObservedAt: number | null
}

/** A tap with its verdict, and what its counters did since the last report. An unchanged tap keeps its identity. */
export function followTap(known: TapState | undefined, around: Around): TapState {
  const { tap, key, vmKey, place, clock, at, first, lastObservedAt } = around
  const { vm: _vm, listener, advertisements, ...reported } = tap
  const before = sameInterface(known, tap)
  const facts = {
    ...reported,
    key,
    namespaceId: place.id,
    namespaceName: place.name,
    vmKey,
    ...countAnswers(before, tap, first, at),
    advertisements: followAdvertisements(before?.advertisements ?? null, advertisements, clock, at),
    ...keepLinkLocals(before, tap),
  }
  const configured = place.configurationOf(listener)
  const advertised = readAdvertisements(facts.advertisements, at)
  const here = place.sendersOf(listener)
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
  const findGateway = () => (vmKey === null ? null : around.gatewayOf(vmKey))
  const elsewhere = findRouterElsewhere(facts, listener, findGateway, place.gone, at)
  const { status, reason } = judgeTap(
    facts,
    { senders: here, unreadable: place.sendersUnreadable, configured, obstacle, elsewhere, gone: place.gone },
    at,
  )
  const statusSince = before && isSameCondition(before.status, status) ? before.statusSince : at
  const filter = status === 'served' && place.isRadvd ? findFilter(facts) : null
  const found = [filter, rivals.harmful, rivals.suspicious, advertised.harmful, advertised.suspicious, rogue]
  const said = [reason, ...found].filter((words) => words !== null)
  facts.memory = keepServed(before, status, facts.memory, lastObservedAt)
  const next = { ...facts, status, statusReason: said.join('; '), statusSince }
  return before && isSame(before, next) ? before : next
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

/** Whether both are the same. Objects count as the same only if they are one object. */
function isSame(before: TapState, next: TapState): boolean {
  return (
    isSameFacts(before, next) &&
    before.linkLocals === next.linkLocals &&
    before.name === next.name &&
    before.namespaceName === next.namespaceName &&
    before.vmKey === next.vmKey &&
    before.status === next.status &&
    before.statusReason === next.statusReason &&
    before.statusSince === next.statusSince &&
    before.unanswered === next.unanswered &&
    before.advertisements === next.advertisements &&
    before.memory === next.memory
  )
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
  return { linkLocals: isSameList(known, linkLocals) ? known : linkLocals }
}

/** The memory with the last report that showed the tap served, if the tap is served no longer. */
export function keepServed(
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
