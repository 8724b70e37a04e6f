import { expect, test } from 'vitest'
import { goldenJson } from '../testing/index.ts'
import { enrolResponse, ingestResponse, problem, report, toVisible } from './index.ts'

test('text that a terminal would obey becomes text that it shows', () => {
  expect(toVisible('vm\u001b[31m\n"<script>\u0000\u202e')).toBe('vm␛[31m␊"<script>␀\ufffd')
  expect(toVisible('half \ud800 pair')).toBe('half \ufffd pair')
})

const golden = goldenJson()

test('a collector of a later version may say more, at every place of a report', () => {
  let places = 0
  const extend = (value: unknown, key?: string): unknown => {
    if (Array.isArray(value)) return value.map((one) => extend(one))
    // Labels are the only place where every name has a meaning.
    if (typeof value !== 'object' || value === null || key === 'labels') return value
    places += 1
    return Object.fromEntries([
      ...Object.entries(value).map(([name, one]) => [name, extend(one, name)]),
      ['ofALaterVersion', { deep: [null, 1] }],
    ])
  }
  expect(report.parse(extend(golden))).toEqual(report.parse(golden))
  expect(places).toBeGreaterThan(8)
})

test('a server of a later version may say more in its answers', () => {
  expect(ingestResponse.parse({ accepted: 1, duplicates: 0, later: {} })).toEqual({ accepted: 1, duplicates: 0 })
  expect(enrolResponse.parse({ hypervisorId: 'hv_1', credential: 'sz_host_x', later: [] })).toEqual({
    hypervisorId: 'hv_1',
    credential: 'sz_host_x',
  })
  const refusal = {
    type: 'about:blank',
    title: 'Refused',
    status: 422,
    detail: 'no',
    errors: [{ pointer: '/version', detail: 'x', later: 1 }],
    later: 1,
  }
  expect(problem.parse(refusal).errors).toEqual([{ pointer: '/version', detail: 'x' }])
})
