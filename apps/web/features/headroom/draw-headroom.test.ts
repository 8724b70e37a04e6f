import { expect, it } from 'vitest'
import { drawHeadroom, rowNear } from './draw-headroom.ts'
import type { HeadroomPlot, PlotRow } from './plot-headroom.ts'

const row = (at: number, change: Partial<PlotRow>): PlotRow => ({
  at,
  live: null,
  stale: null,
  unsplit: null,
  limit: 1000,
  sendsBlocked: null,
  ...change,
})
const plot = (rows: readonly PlotRow[]): HeadroomPlot => ({
  from: 0,
  to: 1000,
  rows,
  gaps: [{ from: 500, to: 750, kind: 'no-report' }],
  restarts: [250],
  latest: rows.at(-1) ?? null,
  highest: null,
})

it('stacks stale memberships on live ones, and breaks where nothing was measured', () => {
  const { areas } = drawHeadroom(
    plot([
      row(0, { live: 530, stale: 265 }),
      row(500, { live: 530, stale: 265 }),
      row(500, {}),
      row(750, { live: 0, stale: 0 }),
    ]),
  )
  expect(areas.live).toBe('M0 122L500 122L500 244L0 244zM750 244L750 244z')
  expect(areas.stale).toBe('M0 61L500 61L500 122L0 122zM750 244L750 244z')
  expect(areas.unsplit).toBe('')
})

it('draws the limit as steps, and marks its quarters', () => {
  const { lines, marks, gaps, restarts } = drawHeadroom(plot([row(0, { limit: 2000 }), row(500, { limit: 1000 })]))
  expect(lines.limit).toBe('M0 13.8H500V128.9')
  expect(lines.sendsBlocked).toBe('')
  expect(marks.map(({ bytes }) => bytes)).toEqual([0, 250, 500, 750, 1000])
  expect(gaps).toEqual([{ kind: 'no-report', x: 500, width: 250 }])
  expect(restarts).toEqual([250])
})

it('finds the row under the pointer, and no row without figures', () => {
  const rows = [row(0, { live: 1, stale: 0 }), row(400, { limit: null }), row(900, { live: 2, stale: 0 })]
  expect(rowNear(rows, 420)?.at).toBe(0)
  expect(rowNear(rows, 700)?.at).toBe(900)
  expect(rowNear([row(400, { limit: null })], 1)).toBeNull()
})
