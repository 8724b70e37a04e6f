import type { Random } from '../fleet/create-random.ts'
import type { SegmentPlan } from '../fleet/plan-segments.ts'

const HOUR = 3_600_000

/** A VM that is started and, later, stopped; milliseconds since the epoch. */
export type Arrival = { readonly startsAt: number; readonly stopsAt: number }

/**
 * The VM starts of a segment after `from` (milliseconds since the epoch), in order and without end: `startsPerHour` at
 * the busiest time of the day, and a fifth at night.
 */
export function* drawArrivals(random: Random, plan: SegmentPlan, from: number): Generator<Arrival, never> {
  let at = from
  for (;;) {
    at += Math.ceil(random.exponential(HOUR / plan.startsPerHour))
    const happens = random.next() < activity(at)
    const lifetime = 90_000 + Math.round(random.exponential(plan.meanLifetime))
    if (happens) yield { startsAt: at, stopsAt: at + lifetime }
  }
}

/** From 0.2 at night to 1 at 13:00 UTC. */
function activity(at: number): number {
  const hourOfDay = (at / HOUR) % 24
  return 0.2 + 0.8 * Math.max(0, Math.sin(((hourOfDay - 6) / 14) * Math.PI))
}
