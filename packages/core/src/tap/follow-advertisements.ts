import type { TapReport } from '@slashzero/contract/report'
import { toServerClock } from '../hypervisor/read-clock.ts'
import type { AdvertisementState, TapState } from '../state.ts'

/** The report's clock against the server's. */
export type Clock = { readonly clockSkew: number; readonly receivedAt: number }

/** Reports tell of one advertisement again and again, and the skew of each differs a little. */
const SAME = 1000
/** As many as a report may tell of. */
const MOST = 16

/**
 * What was seen on a tap, on the server's clock; null where nobody listened. A collector that was started anew tells of none that came
 * before, so those stay whose routes have not ended. What did not change is the same object as before.
 */
export function followAdvertisements(
  before: readonly AdvertisementState[] | null,
  seen: TapReport['advertisements'],
  clock: Clock,
  at: number,
): readonly AdvertisementState[] | null {
  if (!seen) return null
  const known = before ?? []
  const told = seen.map((one): AdvertisementState => {
    const seenAt = toServerClock(one.seenAt, clock)
    const same = known.find((other) => {
      return (
        isSameRouter(one, other) &&
        other.routerLifetimeSeconds === one.routerLifetimeSeconds &&
        Math.abs(other.seenAt - seenAt) < SAME
      )
    })
    return same ?? { ...one, seenAt }
  })
  const untold = known.filter(
    (one) => at < one.seenAt + one.routerLifetimeSeconds * 1000 && !told.some((other) => isSameRouter(one, other)),
  )
  const next = [...told, ...untold].slice(0, MOST)
  return before !== null && next.length === before.length && next.every((one, index) => one === before[index])
    ? before
    : next
}

function isSameRouter(
  one: Pick<AdvertisementState, 'source' | 'direction'>,
  other: Pick<AdvertisementState, 'source' | 'direction'>,
): boolean {
  return one.source === other.source && one.direction === other.direction
}

/** The counter tells that one went out since the last report. Where it was seen on the tap too, that says when. */
export function dateAdvertisement(
  before: TapState | undefined,
  { advertisements, memory }: Pick<TapState, 'advertisements' | 'memory'>,
  lastObservedAt: number | null,
): number | null {
  const sent = (advertisements ?? []).filter(({ direction }) => direction === 'sent')
  if (sent.length === 0) return memory.advertisedAt
  const seenAt = Math.max(...sent.map((one) => one.seenAt))
  const counted = memory.advertisedAt !== (before?.memory.advertisedAt ?? null)
  // One that was counted and is not the one that was seen was missed.
  if (counted && lastObservedAt !== null && seenAt < lastObservedAt - OVERLAP) return memory.advertisedAt
  return counted ? seenAt : Math.max(seenAt, memory.advertisedAt ?? 0)
}

/** The counters are read a moment after what was seen on the taps, and the skew of each report differs a little. */
const OVERLAP = 1000
