import type { HeadroomSeries } from '@slashzero/contract/page'
import type { Sample } from '@slashzero/core'
import { toIso } from '../time.ts'

type Socket = HeadroomSeries['sockets'][number]
type Point = Socket['points'][number]

/** Turns rows, sorted by socket and time, into one series a socket. A point of nulls breaks the line at a long gap. */
export function toHeadroomSockets(rows: readonly Sample[], step: number): Socket[] {
  return [...Map.groupBy(rows, (row) => row.socketKey)].flatMap(([key, own]) => {
    const last = own.at(-1)
    if (last === undefined) return []
    return [{ key, daemon: last.daemon, pid: last.pid, namespace: last.namespaceName, points: toPoints(own, step) }]
  })
}

function toPoints(rows: readonly Sample[], step: number): Point[] {
  const longest = longestUnbroken(rows, step)
  return rows.flatMap((row, index) => {
    const previous = rows[index - 1]
    const isGap = previous !== undefined && row.at - previous.at > longest
    return isGap ? [emptyPoint(previous.at + step), toPoint(row)] : [toPoint(row)]
  })
}

const COARSE_STEP = 300_000 // from this step on, every point covers several reports
const MIN_GAP = 90_000

/**
 * The longest time between two points of one line. A fine point may fall between two reports, so the median distance
 * counts. A coarse point without a sample means silence.
 */
function longestUnbroken(rows: readonly Sample[], step: number): number {
  const distances = rows.slice(1).map((row, index) => row.at - (rows[index]?.at ?? row.at))
  const usual = distances.toSorted((one, other) => one - other)[Math.floor(distances.length / 2)] ?? step
  return step >= COARSE_STEP ? Math.max(step, 1.5 * usual) : Math.max(MIN_GAP, 3 * usual)
}

function toPoint(row: Sample): Point {
  return {
    at: toIso(row.at),
    optmemBytes: row.optmemBytes,
    liveBytes: bytes(row.liveMemberships, row.membershipBytes),
    staleBytes: bytes(row.staleMemberships, row.membershipBytes),
    optmemMaxBytes: row.optmemMaxBytes,
  }
}

function bytes(memberships: number | null, membershipBytes: number | null): number | null {
  return memberships === null || membershipBytes === null ? null : memberships * membershipBytes
}

function emptyPoint(at: number): Point {
  return { at: toIso(at), optmemBytes: null, liveBytes: null, staleBytes: null, optmemMaxBytes: null }
}
