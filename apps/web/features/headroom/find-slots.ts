import type { HeadroomSocket, SenderLine } from './arrange-sockets.ts'

type Point = HeadroomSocket['points'][number]

/** One point and the time span it stands for, in milliseconds. */
export type Slot = { readonly at: number; readonly until: number; readonly point: Point; readonly socketKey: string }

/** How many intervals on each side tell how often reports came at that time. */
const NEIGHBOURS = 5
/** An interval is a gap if it is longer than this many usual intervals. */
const GAP = 3

/**
 * Gives every point of a line the time up to the next point, or one step (`step`, milliseconds) before a gap, until
 * `to`. The usual interval is the median around each point, because the collector may change its period.
 */
export function findSlots(line: SenderLine, step: number, to: number): readonly Slot[] {
  const points = line.sockets
    .flatMap(({ key, points: own }) =>
      own.filter(saysAnything).map((point) => ({ at: Date.parse(point.at), point, socketKey: key })),
    )
    .toSorted((one, other) => one.at - other.at)
  const intervals = points.map(({ at }, index) => (points[index + 1]?.at ?? to) - at)
  return points.map(({ at, point, socketKey }, index) => {
    const interval = intervals[index] ?? 0
    const isGap = interval > GAP * Math.max(step, usualInterval(intervals, index))
    return { at, until: at + (isGap ? Math.min(step, interval) : interval), point, socketKey }
  })
}

/** A point without any figure means that no report came. */
function saysAnything(point: Point): boolean {
  return point.optmemBytes !== null || point.optmemMaxBytes !== null
}

/**
 * The upper median of the intervals around `index`, without itself and without the open last interval; 0 if there are
 * none.
 */
function usualInterval(intervals: readonly number[], index: number): number {
  const before = intervals.slice(Math.max(0, index - NEIGHBOURS), index)
  const after = intervals.slice(index + 1, Math.min(index + 1 + NEIGHBOURS, intervals.length - 1))
  const around = [...before, ...after].toSorted((one, other) => one - other)
  return around[Math.floor(around.length / 2)] ?? 0
}
