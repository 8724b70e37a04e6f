import type { Report } from '@slashzero/contract/report'
import type { Clock } from '../clock.ts'

/** A report that the server holds under `name`. */
export type Base = { readonly name: string; readonly report: Report }

const MINUTE = 60_000
/** A whole report after this time, and at most a third earlier, so that hosts do not send theirs together. */
const WHOLE_EACH = 6 * MINUTE
const MAX_PAUSE = 60 * MINUTE

/**
 * Keeps the report that the next may be told against. After a delta that the server could not apply, one whole report
 * is enough; if that happens again, as behind a balancer of several servers, whole reports for a minute, two, four, ….
 */
export function createBaseKeeper(clock: Pick<Clock, 'monotonic'>, random: () => number) {
  let base: Base | null = null
  let wholeDueAt = -Infinity
  let pausedUntil = -Infinity
  let misses = 0
  return {
    /** Null if the next report has to go whole. */
    current(): Base | null {
      return clock.monotonic() < wholeDueAt ? base : null
    },
    /** The server acknowledged `report`; `name` is missing if the server does not hold it or takes no deltas. */
    acknowledged(report: Report, name: string | undefined, isDelta: boolean): void {
      if (isDelta) misses = 0
      else wholeDueAt = clock.monotonic() + WHOLE_EACH * (1 - random() / 3)
      base = name === undefined || clock.monotonic() < pausedUntil ? null : { name, report }
    },
    /** The server could not apply a delta. */
    missed(): void {
      base = null
      misses += 1
      if (misses > 1)
        pausedUntil = clock.monotonic() + Math.min(MAX_PAUSE, MINUTE * 2 ** (misses - 2)) * (0.5 + random() / 2)
    },
  }
}
