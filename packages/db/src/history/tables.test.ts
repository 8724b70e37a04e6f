import { expect, test } from 'vitest'
import { partitionOf } from './tables.ts'

const day = (text: string) => Date.parse(`${text}T00:00:00Z`)

test.for([
  {
    at: '2026-06-15T23:59:59.999Z',
    width: 'day' as const,
    name: 'sample_p20260615',
    from: '2026-06-15',
    to: '2026-06-16',
  },
  {
    at: '2026-06-16T00:00:00.000Z',
    width: 'day' as const,
    name: 'sample_p20260616',
    from: '2026-06-16',
    to: '2026-06-17',
  },
  {
    at: '2026-12-31T23:59:59.999Z',
    width: 'month' as const,
    name: 'sample_p202612',
    from: '2026-12-01',
    to: '2027-01-01',
  },
  {
    at: '2028-02-29T12:00:00.000Z',
    width: 'month' as const,
    name: 'sample_p202802',
    from: '2028-02-01',
    to: '2028-03-01',
  },
])('$at falls into the $width $name', ({ at, width, name, from, to }) => {
  expect(partitionOf('sample', width, Date.parse(at))).toEqual({ name, from: day(from), to: day(to) })
})
