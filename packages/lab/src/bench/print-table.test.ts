import { expect, test } from 'vitest'
import { judge, quantile } from './measurement.ts'
import { printTable } from './print-table.ts'

test('aligns figures and units, and marks what could not be measured', () => {
  const table = printTable([
    { bench: 'ingest', measure: 'accepted', value: 1234.56, unit: 'reports/s', note: '100 taps each' },
    { bench: 'ingest', measure: 'ratio to the peer', value: 0.4219, unit: 'x' },
    { bench: 'collector', measure: 'pass', value: null, unit: 'ms', note: 'needs root' },
  ])
  expect(table.split('\n')).toEqual([
    'bench      measure                   value  unit',
    'ingest     accepted                  1,230  reports/s  100 taps each',
    'ingest     ratio to the peer         0.422  x',
    'collector  pass               not measured  ms         needs root',
  ])
})

test('a quantile is one of the values', () => {
  const values = Array.from({ length: 100 }, (_, place) => 100 - place)
  expect([quantile(values, 0.5), quantile(values, 0.95), quantile(values, 1), quantile([], 0.5)]).toEqual([
    51,
    96,
    100,
    null,
  ])
})

test('a goal is the most or the least that a figure may be', () => {
  const made = { bench: 'ingest', measure: 'accepted', value: 700, unit: 'reports/s' } as const
  expect(
    [
      judge(made, 699),
      judge(made, { atLeast: 700 }),
      judge({ ...made, value: null, note: 'needs root' }, { atLeast: 1 }),
    ].map(({ note }) => note),
  ).toEqual([
    'target: at most 699 reports/s: NOT MET',
    'target: at least 700 reports/s: met',
    'target: at least 1 reports/s: not known; needs root',
  ])
})
