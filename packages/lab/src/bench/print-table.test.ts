import { expect, test } from 'vitest'
import { quantile } from './measurement.ts'
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
