import type { HeadroomSocket, SenderLine } from './arrange-sockets.ts'

type Point = HeadroomSocket['points'][number]

/** One point and the time that it stands for, in milliseconds. */
export type Slot = { readonly at: number; readonly until: number; readonly point: Point; readonly socketKey: string }

/** How many intervals before and after one say how often reports came around it. */
const NEIGHBOURS = 5
/** An interval is a gap when it is longer than so many of those around it. */
const GAP = 3

/**
 * Gives every point of a line the time up to the next one, so far as that came when a report was due. How often reports
 * come is the collector's own affair and may have changed, so it is read off the intervals around; where one stands out,
 * reports are missing, and the point before it stands for one step alone.
 * @param step width of a point in milliseconds
 * @param to the end of the range in milliseconds
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

/** Without any figure, no report came. */
function saysAnything(point: Point): boolean {
  return point.optmemBytes !== null || point.optmemMaxBytes !== null
}

/** The upper median of the intervals around one, itself and the open one at the end left out; 0 where it stands alone. */
function usualInterval(intervals: readonly number[], index: number): number {
  const before = intervals.slice(Math.max(0, index - NEIGHBOURS), index)
  const after = intervals.slice(index + 1, Math.min(index + 1 + NEIGHBOURS, intervals.length - 1))
  const around = [...before, ...after].toSorted((one, other) => one - other)
  return around[Math.floor(around.length / 2)] ?? 0
}
