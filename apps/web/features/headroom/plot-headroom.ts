import type { HeadroomSeries } from '@slashzero/contract/page'
import { SEND_BYTES } from '@slashzero/contract/report'
import { chargesSends } from '@slashzero/core'
import type { SenderLine } from './arrange-sockets.ts'
import { findSlots, type Slot } from './find-slots.ts'

/** One place on the time axis; figures in bytes. Null is a gap in the line of that figure. */
export type PlotRow = {
  readonly at: number
  readonly live: number | null
  readonly stale: number | null
  /** Used by memberships that may be live or stale. */
  readonly unsplit: number | null
  readonly limit: number | null
  /** The used bytes from which sends fail; null if sends need no option memory, or the limit is not known. */
  readonly sendsBlocked: number | null
}

type PlotGap = { readonly from: number; readonly to: number; readonly kind: 'no-report' | 'not-measured' }

export type HeadroomPlot = {
  readonly from: number
  readonly to: number
  readonly rows: readonly PlotRow[]
  readonly gaps: readonly PlotGap[]
  readonly restarts: readonly number[]
  /** The latest measured figures; null if nothing was measured. */
  readonly latest: PlotRow | null
  readonly highest: number | null
}

/**
 * Turns one sender's points into what the chart draws. Each point stands for a time span, so that a single point is
 * visible. If reports are missing or nothing was measured, the lines break and the plot lists a gap.
 */
export function plotHeadroom(line: SenderLine, series: HeadroomSeries): HeadroomPlot {
  const from = Date.parse(series.from)
  const to = Date.parse(series.to)
  const slots = findSlots(line, series.stepSeconds * 1000, to)
  const rows = rowsOf(slots, chargesSends(line.daemon) ? SEND_BYTES : null)
  const measured = rows.filter((row) => usedOf(row) !== null)
  return {
    from,
    to,
    rows,
    gaps: gapsOf(slots, to),
    restarts: series.restarts
      .filter(({ daemon }) => daemon === line.daemon)
      .map(({ at }) => Date.parse(at))
      .filter((at) => at >= from && at <= to),
    latest: measured.at(-1) ?? null,
    highest: measured.reduce<number | null>((highest, row) => Math.max(highest ?? 0, usedOf(row) ?? 0), null),
  }
}

/** All used bytes of a row; null if they were not measured. */
export function usedOf({ live, stale, unsplit }: PlotRow): number | null {
  if (unsplit !== null) return unsplit
  return live === null && stale === null ? null : (live ?? 0) + (stale ?? 0)
}

/**
 * Ends a line with a closing row and an empty row if the next point is missing, of another socket, or differs in what
 * is known.
 */
function rowsOf(slots: readonly Slot[], sendBytes: number | null): readonly PlotRow[] {
  return slots.flatMap((slot, index) => {
    const row = rowOf(slot, sendBytes)
    const next = slots[index + 1]
    const goesOn =
      next?.at === slot.until &&
      next.socketKey === slot.socketKey &&
      (next.point.optmemBytes === null) === (slot.point.optmemBytes === null)
    return goesOn ? [row] : [row, { ...row, at: slot.until }, nothingAt(slot.until)]
  })
}

function rowOf({ at, point }: Slot, sendBytes: number | null): PlotRow {
  const { optmemBytes, liveBytes, staleBytes, optmemMaxBytes } = point
  const split = liveBytes !== null && staleBytes !== null
  return {
    at,
    live: split ? liveBytes : null,
    stale: split ? staleBytes : null,
    unsplit: split ? null : optmemBytes,
    limit: optmemMaxBytes,
    sendsBlocked: optmemMaxBytes === null || sendBytes === null ? null : Math.max(0, optmemMaxBytes - sendBytes),
  }
}

function nothingAt(at: number): PlotRow {
  return { at, live: null, stale: null, unsplit: null, limit: null, sendsBlocked: null }
}

function gapsOf(slots: readonly Slot[], to: number): readonly PlotGap[] {
  const gaps: PlotGap[] = []
  for (const [index, slot] of slots.entries()) {
    if (slot.point.optmemBytes === null) addGap(gaps, { from: slot.at, to: slot.until, kind: 'not-measured' })
    const nextAt = slots[index + 1]?.at ?? to
    if (nextAt > slot.until) addGap(gaps, { from: slot.until, to: nextAt, kind: 'no-report' })
  }
  return gaps
}

/** Adjacent gaps of one kind become one gap. */
function addGap(gaps: PlotGap[], gap: PlotGap): void {
  const last = gaps.at(-1)
  if (last?.kind === gap.kind && last.to >= gap.from) gaps[gaps.length - 1] = { ...last, to: Math.max(last.to, gap.to) }
  else gaps.push(gap)
}
