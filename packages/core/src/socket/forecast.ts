import { SEND_BYTES } from '../optmem/headroom.ts'
import type { SocketState } from '../state.ts'

type Trend = SocketState['trend']

const HOUR = 3_600_000
const WINDOW = 24 * HOUR
const MAX_POINTS = 24
/** A shorter span shows no rate: a dozen VMs started together would look like an outage within the hour. */
const MIN_SPAN = 600_000
const MAX_AHEAD = 365 * 24 * HOUR

/**
 * Adds a measurement to a socket's recent usage. A drop begins a new trend. The trend keeps at most 24 points of the last 24
 * hours: it drops points inside a level stretch, and every other point when full.
 */
export function extendTrend(trend: Trend, at: number, optmemBytes: number | null): Trend {
  if (optmemBytes === null) return trend
  const last = trend.at(-1)
  if (last && optmemBytes < last.optmemBytes) return [{ at, optmemBytes }]
  if (last && at <= last.at) return trend
  const level = last?.optmemBytes === optmemBytes && trend.at(-2)?.optmemBytes === optmemBytes
  const points = [...(level ? trend.slice(0, -1) : trend), { at, optmemBytes }].filter(
    (point) => at - point.at <= WINDOW,
  )
  return points.length <= MAX_POINTS
    ? points
    : points.filter((_, index) => index % 2 === 0 || index === points.length - 1)
}

/**
 * When growing usage blocks sends or joins. The rate is the lower of the whole trend's and its newer half's, so that VMs started
 * together do not count as growth for a day. Null if nothing grows, in the first ten minutes, if full, or beyond a year.
 */
export function forecastFull(trend: Trend, limit: number | null, unit: number | null): number | null {
  const first = trend[0]
  const last = trend.at(-1)
  if (!first || !last || limit === null || last.at - first.at < MIN_SPAN) return null
  const middle = first.at + (last.at - first.at) / 2
  const before = trend.findLast((point) => point.at <= middle) ?? first
  const rate = Math.min(slope(first, last), slope(before, last))
  const room = limit - Math.max(SEND_BYTES, unit ?? 0) - last.optmemBytes
  if (rate <= 0 || room <= 0 || room / rate > MAX_AHEAD) return null
  return Math.round(last.at + room / rate)
}

function slope(from: Trend[number], to: Trend[number]): number {
  return (to.optmemBytes - from.optmemBytes) / (to.at - from.at)
}
