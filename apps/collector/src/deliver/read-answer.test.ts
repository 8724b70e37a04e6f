import { enrolResponse, ingestResponse, problem } from '@slashzero/contract/report'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { readEnrolResponse, readIngestResponse, readProblem } from './read-answer.ts'

const odd = fc.oneof(fc.jsonValue(), fc.constantFrom(-1, 0.5, 2 ** 53, '', 'x'.repeat(65), undefined))

/** Objects that mostly have these fields, some with another value, and any JSON. */
function bodies(fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<unknown> {
  const shaken = Object.entries(fields).map(([name, value]) => [name, fc.oneof({ weight: 5, arbitrary: value }, odd)])
  return fc.oneof({ weight: 9, arbitrary: fc.record(Object.fromEntries(shaken), { requiredKeys: [] }) }, fc.jsonValue())
}

const text = fc.string()
const errors = fc.array(bodies({ pointer: text, detail: text }), { maxLength: 3 })

test.each([
  {
    read: readIngestResponse,
    schema: ingestResponse,
    fields: { accepted: fc.nat(), duplicates: fc.nat(), base: text },
  },
  { read: readEnrolResponse, schema: enrolResponse, fields: { hypervisorId: text, credential: text } },
  {
    read: readProblem,
    schema: problem,
    fields: { type: text, title: text, status: fc.integer(), detail: text, errors },
  },
])('$read.name takes what the contract takes', ({ read, schema, fields }) => {
  let taken = 0
  fc.assert(
    fc.property(bodies(fields), (body) => {
      const expected = schema.safeParse(body)
      expect(read(body) !== null).toBe(expected.success)
      if (expected.success) taken += 1
    }),
    { numRuns: 500 },
  )
  expect(taken).toBeGreaterThan(30)
})
