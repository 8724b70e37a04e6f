import { expect, test } from 'vitest'
import { listExpressions, readDashboard } from './read-dashboard.ts'

const dashboard = readDashboard()
const { panels } = dashboard

test('uses only its own variables and those of Grafana', () => {
  const names = [...JSON.stringify(dashboard).matchAll(/\$\{?(\w+)/g)].map(([, name = '']) => name)
  const known = new Set([...dashboard.templating.list.map(({ name }) => name), '__rate_interval'])
  expect(names.filter((name) => !known.has(name))).toEqual([])
  expect(listExpressions(dashboard).filter((expr) => expr.includes('$'))).toEqual([])
})

test('panels have unique ids, and unique queries of one moment or of a range', () => {
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
  const ids = panels.map(({ targets }) => targets.map(({ refId }) => refId))
  expect(ids.filter((all) => new Set(all).size !== all.length)).toEqual([])
  expect(panels.flatMap(({ targets }) => targets).filter(({ instant, range }) => instant === range)).toEqual([])
})

test('panels lie within the 24 columns and do not overlap', () => {
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) => {
    return Array.from({ length: w * h }, (_, cell) => ({ column: x + (cell % w), row: y + Math.floor(cell / w) }))
  })
  expect(cells.filter(({ column }) => column > 23)).toEqual([])
  expect(new Set(cells.map(({ column, row }) => `${column},${row}`)).size).toBe(cells.length)
})
