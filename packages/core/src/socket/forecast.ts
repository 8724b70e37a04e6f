import { SEND_BYTES } from '@slashzero/contract/report'
import type { SocketState } from '../state.ts'

type Trend = SocketState['trend']
type Point = Trend[number]

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const WINDOW = 24 * HOUR
/**
 * A point goes if its neighbours are less than a minute apart, or than this share of its age: some 40 points remain of
 * a day.
 */
const SPACING = 1 / 4
/** A shorter span shows no rate: a dozen VMs started together would look like an outage within the hour. */
const MIN_SPAN = 10 * MINUTE
/** Fewer memberships show no rate: one more would halve the time left. */
const MIN_GROWTH = 3
/** Chance alone makes a recent stretch quieter by about two memberships than the rate of the whole trend says. */
const CHANCE = 2
const MAX_AHEAD = 365 * 24 * HOUR

/** The bytes of whole memberships: a Router Advertisement under way is charged for a moment too, and is no growth. */
export function settle(optmemBytes: number | null, unit: number | null): number | null {
  return optmemBytes === null || unit === null ? optmemBytes : optmemBytes - (optmemBytes % unit)
}

/**
 * Adds a measurement to a socket's recent usage. A drop begins a new trend. The trend covers the last 24 hours, with
 * fewer points the older they are, and drops points inside a level stretch.
 */
export function extendTrend(trend: Trend, at: number, optmemBytes: number | null): Trend {
  if (optmemBytes === null) return trend
  const last = trend.at(-1)
  if (last && optmemBytes < last.optmemBytes) return [{ at, optmemBytes }]
  if (last && at <= last.at) return trend
  const level = last?.optmemBytes === optmemBytes && trend.at(-2)?.optmemBytes === optmemBytes
  return thin(cut([...(level ? trend.slice(0, -1) : trend), { at, optmemBytes }], at - WINDOW), at)
}

/**
 * The trend from `from` on. The line between two points gives the usage at `from`, so that the window moves without a
 * jump.
 */
function cut(points: Trend, from: number): Trend {
  const index = points.findIndex(({ at }) => at >= from)
  const [before, after] = [points[index - 1], points[index]]
  if (!before || !after) return points
  const optmemBytes = before.optmemBytes + slope(before, after) * (from - before.at)
  return after.at === from ? points.slice(index) : [{ at: from, optmemBytes }, ...points.slice(index)]
}

function thin(points: Trend, now: number): Trend {
  const kept: Point[] = []
  for (const point of points) {
    const [before, middle] = kept.slice(-2)
    if (before && middle && point.at - before.at < Math.max(MINUTE, (now - middle.at) * SPACING)) kept.pop()
    kept.push(point)
  }
  return kept
}

/**
 * When growing usage blocks sends or joins; null if nothing grows, with too little to tell, if full, or beyond a year.
 * A recent stretch quieter than chance explains sets the rate, so that VMs started together do not count as growth.
 */
export function forecastFull(trend: Trend, limit: number | null, unit: number | null): number | null {
  const [first] = trend
  const last = trend.at(-1)
  if (!first || !last || limit === null || last.at - first.at < MIN_SPAN) return null
  const membership = unit ?? SEND_BYTES
  const third = first.at + (last.at - first.at) / 3
  const since = trend.findLast((point) => point.at <= third) ?? first
  const grown = last.optmemBytes - first.optmemBytes
  if (grown < MIN_GROWTH * membership || since.optmemBytes === last.optmemBytes) return null
  const quietest = trend.slice(0, -1).map((point) => slope(point, last, CHANCE * membership))
  const rate = Math.min(slope(first, last), ...quietest)
  const room = limit - Math.max(SEND_BYTES, membership) - last.optmemBytes
  if (room <= 0 || room / rate > MAX_AHEAD) return null
  return Math.round(last.at + room / rate)
}

/** Bytes a millisecond. */
function slope(from: Point, to: Point, more = 0): number {
  return (to.optmemBytes - from.optmemBytes + more) / (to.at - from.at)
}
