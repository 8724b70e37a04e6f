import type { SeenAdvertisement, TapReport } from '@slashzero/contract/report'
import { readInstant, toServerClock } from '../report/read-clock.ts'
import type { AdvertisementState, TapState } from '../state.ts'

/** The report's clock against the server's. */
export type Clock = { readonly clockSkew: number; readonly receivedAt: number }

/** Several reports show the same advertisement, each with a slightly different clock skew. */
const SAME_TIME = 1000
/** As many as a report may hold. */
const MAX_ADVERTISEMENTS = 16
/** The counters are read a moment after the advertisements, and the clock skew of each report differs slightly. */
const OVERLAP = 1000

/**
 * The advertisements on a tap, on the server's clock; null if the collector does not listen. A restarted collector does
 * not know earlier advertisements, so those whose routes have not ended stay. An unchanged list keeps its identity.
 */
export function followAdvertisements(
  before: readonly AdvertisementState[] | null,
  seen: TapReport['advertisements'],
  clock: Clock,
  at: number,
): readonly AdvertisementState[] | null {
  if (!seen) return null
  if (before !== null && isSameList(before, seen, clock)) return before
  const known = before ?? []
  const told = seen.map((one): AdvertisementState => {
    const seenAt = toServerClock(one.seenAt, clock)
    return known.find((other) => isSame(other, one, seenAt)) ?? { ...one, seenAt }
  })
  const untold = known.filter(
    (one) => at < one.seenAt + one.routerLifetimeSeconds * 1000 && !told.some((other) => isSameRouter(one, other)),
  )
  const next = [...told, ...untold].slice(0, MAX_ADVERTISEMENTS)
  return before !== null && next.length === before.length && next.every((one, index) => one === before[index])
    ? before
    : next
}

/** Clock skews above `from` and below `to`, in milliseconds. */
export type Skews = { readonly from: number; readonly to: number }

export const ANY_SKEW: Skews = { from: -Infinity, to: Infinity }

export function narrow(one: Skews, other: Skews): Skews {
  return { from: Math.max(one.from, other.from), to: Math.min(one.to, other.to) }
}

/**
 * The clock skews with which a later report of the same advertisements leaves the known list as it is; null if only
 * `followAdvertisements` can tell. `at`: when the list was judged.
 */
export function findSkews(
  known: readonly AdvertisementState[] | null,
  seen: TapReport['advertisements'],
  clock: Clock,
  at: number,
): Skews | null {
  if (!seen || seen.length === 0) return ANY_SKEW
  if (known === null || !isSameList(known, seen, clock)) return null
  let skews = ANY_SKEW
  for (const [index, { seenAt }] of seen.entries()) {
    const own = known[index]?.seenAt ?? 0
    // A later arrival cuts the time off no further than here, and so brings the time nearer.
    if (own > at) return null
    const skew = readInstant(seenAt) - own
    skews = narrow(skews, { from: skew - SAME_TIME, to: skew + SAME_TIME })
  }
  return skews
}

function isSameList(known: readonly AdvertisementState[], seen: readonly SeenAdvertisement[], clock: Clock): boolean {
  if (known.length !== seen.length) return false
  for (const [index, one] of seen.entries()) {
    const other = known[index]
    if (other === undefined || !isSame(other, one, toServerClock(one.seenAt, clock))) return false
  }
  return true
}

function isSame(known: AdvertisementState, seen: SeenAdvertisement, seenAt: number): boolean {
  return (
    isSameRouter(seen, known) &&
    known.routerLifetimeSeconds === seen.routerLifetimeSeconds &&
    Math.abs(known.seenAt - seenAt) < SAME_TIME
  )
}

function isSameRouter(
  one: Pick<AdvertisementState, 'source' | 'direction'>,
  other: Pick<AdvertisementState, 'source' | 'direction'>,
): boolean {
  return one.source === other.source && one.direction === other.direction
}

/**
 * When an advertisement last went out: the counter shows the fact, the advertisement seen on the tap shows the time.
 */
export function dateAdvertisement(
  before: TapState | undefined,
  { advertisements, memory }: Pick<TapState, 'advertisements' | 'memory'>,
  lastObservedAt: number | null,
): number | null {
  const sent = (advertisements ?? []).filter(({ direction }) => direction === 'sent')
  if (sent.length === 0) return memory.advertisedAt
  const seenAt = Math.max(...sent.map((one) => one.seenAt))
  const counted = memory.advertisedAt !== (before?.memory.advertisedAt ?? null)
  // The counted advertisement was missed if the one seen is older than the last report.
  if (counted && lastObservedAt !== null && seenAt < lastObservedAt - OVERLAP) return memory.advertisedAt
  return counted ? seenAt : Math.max(seenAt, memory.advertisedAt ?? 0)
}
