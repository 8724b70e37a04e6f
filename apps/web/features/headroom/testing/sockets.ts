import type { HeadroomSeries } from '@slashzero/contract/page'
import { arrangeSockets, type HeadroomSocket } from '../arrange-sockets.ts'
import { plotHeadroom } from '../plot-headroom.ts'

export const START = Date.UTC(2026, 2, 3)
export const MINUTE = 60_000
/** Minutes after the start as an instant. */
export const at = (minutes: number) => new Date(START + minutes * MINUTE).toISOString()

export type Point = HeadroomSocket['points'][number]

/** A point with live and stale bytes; null means not measured. */
export function point(minutes: number, live: number | null, stale: number | null, change: Partial<Point> = {}): Point {
  const used = live === null || stale === null ? null : live + stale
  return { at: at(minutes), optmemBytes: used, liveBytes: live, staleBytes: stale, optmemMaxBytes: 20_480, ...change }
}

/** A socket of radvd on the host. */
export function socket(key: string, points: Point[], change: Partial<HeadroomSocket> = {}): HeadroomSocket {
  return { key, daemon: 'radvd', pid: 913, namespace: null, points, ...change }
}

/** One hour of sockets, one point a minute. */
export function series(sockets: HeadroomSocket[], restarts: HeadroomSeries['restarts'] = []): HeadroomSeries {
  return { now: at(60), from: at(0), to: at(60), stepSeconds: 60, sockets, restarts }
}

/** The plot of the first line. */
export function plot(sockets: HeadroomSocket[], restarts: HeadroomSeries['restarts'] = []) {
  const [line] = arrangeSockets(sockets)
  if (!line) throw new Error('no line')
  return plotHeadroom(line, series(sockets, restarts))
}

/** Equal points every `step` minutes. */
export function every(step: number, from: number, to: number): Point[] {
  const points: Point[] = []
  for (let minutes = from; minutes <= to; minutes += step) points.push(point(minutes, 560, 56))
  return points
}
