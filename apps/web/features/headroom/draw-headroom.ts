import { usedOf, type HeadroomPlot, type PlotRow } from './plot-headroom.ts'

/** The size of the drawing in units of its own; the page stretches the width. */
export const WIDTH = 1000
export const HEIGHT = 244

export type HeadroomDrawing = {
  readonly areas: Readonly<Record<'live' | 'stale' | 'unsplit', string>>
  readonly lines: Readonly<Record<'limit' | 'sendsBlocked', string>>
  readonly gaps: readonly {
    readonly kind: HeadroomPlot['gaps'][number]['kind']
    readonly x: number
    readonly width: number
  }[]
  readonly restarts: readonly number[]
  /** The marks of the vertical axis, in bytes, with their place from the top, 0 to 1. */
  readonly marks: readonly { readonly bytes: number; readonly place: number }[]
}

/** Turns a plot into paths: live and stale memberships stacked, and the lines of the limit and of blocked sends. */
export function drawHeadroom({ from, to, rows, gaps, restarts, highest }: HeadroomPlot): HeadroomDrawing {
  const x = (at: number) => round((WIDTH * (at - from)) / (to - from))
  const highestLimit = rows.reduce((most, { limit }) => Math.max(most, limit ?? 0), 0)
  const top = Math.max(highestLimit, highest ?? 0, 1) * 1.06
  const y = (bytes: number) => round(HEIGHT * (1 - bytes / top))
  const limit = rows.findLast((row) => row.limit !== null)?.limit ?? null
  const area = (foot: (row: PlotRow) => number, height: (row: PlotRow) => number | null) =>
    runsOf(rows, height).map((run) => {
      const over = run.map(({ row, value }) => `${x(row.at)} ${y(foot(row) + value)}`)
      const under = run.toReversed().map(({ row }) => `${x(row.at)} ${y(foot(row))}`)
      return `M${[...over, ...under].join('L')}z`
    })
  const steps = (height: (row: PlotRow) => number | null) =>
    runsOf(rows, height).map((run) =>
      run
        .map(({ row, value }, index) => `${index === 0 ? 'M' : 'H'}${x(row.at)}${index === 0 ? ' ' : 'V'}${y(value)}`)
        .join(''),
    )
  return {
    areas: {
      live: area(
        () => 0,
        (row) => row.live,
      ).join(''),
      stale: area(
        (row) => row.live ?? 0,
        (row) => row.stale,
      ).join(''),
      unsplit: area(
        () => 0,
        (row) => row.unsplit,
      ).join(''),
    },
    lines: {
      limit: steps((row) => row.limit).join(''),
      sendsBlocked: steps((row) => row.sendsBlocked).join(''),
    },
    gaps: gaps.map((gap) => ({ kind: gap.kind, x: x(gap.from), width: round(x(gap.to) - x(gap.from)) })),
    restarts: restarts.map(x),
    marks: marksOf(limit ?? top).map((bytes) => ({ bytes, place: 1 - bytes / top })),
  }
}

/** The row with figures that is nearest to a time in milliseconds; null without figures. */
export function rowNear(rows: readonly PlotRow[], at: number): PlotRow | null {
  let nearest: PlotRow | null = null
  for (const row of rows) {
    if (usedOf(row) === null && row.limit === null) continue
    if (nearest === null || Math.abs(row.at - at) < Math.abs(nearest.at - at)) nearest = row
  }
  return nearest
}

/** Consecutive rows with a figure; a row without a figure ends a run. */
function runsOf(rows: readonly PlotRow[], height: (row: PlotRow) => number | null) {
  const runs: { readonly row: PlotRow; readonly value: number }[][] = []
  let run: (typeof runs)[number] | null = null
  for (const row of rows) {
    const value = height(row)
    if (value === null) run = null
    else if (run === null) runs.push((run = [{ row, value }]))
    else run.push({ row, value })
  }
  return runs
}

function marksOf(highest: number): readonly number[] {
  return [0, 0.25, 0.5, 0.75, 1].map((share) => Math.round(share * highest))
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
