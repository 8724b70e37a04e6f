import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  buildCheck,
  buildHistory,
  buildReport,
  buildTap,
  createSeededRandom,
  goldenReport,
  instant,
} from '../../testing/index.ts'
import { applyDelta, DeltaError, makeDelta, report, type Report } from '../index.ts'

/** What a server makes of a delta that came over the wire. */
function apply(base: Report, delta: object): Report {
  const sent: unknown = JSON.parse(JSON.stringify({ ...delta, sentAt: base.sentAt }))
  return applyDelta(report.parse(base), sent)
}

const few = fc.integer({ min: 0, max: 3 })

const many = Array.from({ length: 100 }, (_, index) => index + 1)
const vmOf = (id: number) => ({ name: `vm-${id}`, uuid: null })
const steady = (seconds: number, sent = 3) =>
  buildReport(seconds, {
    taps: many.map((id) => buildTap(id, id === 50 ? { routerAdvertsOut: sent } : {})),
    routeChecks: many.map((id) => buildCheck(seconds, { vm: vmOf(id), expiresInSeconds: 1790 - (seconds % 15) })),
    runs: [{ probe: 'optmem', outcome: 'ok', milliseconds: seconds / 7, error: null }],
  })

test('a recorded report is its own base', () => {
  const golden = goldenReport()
  const next = { ...golden, sequence: golden.sequence + 1 }
  expect(apply(golden, makeDelta('base', golden, next))).toEqual(next)
})

test('a hundred renewed checks take some bytes each', () => {
  const delta = JSON.stringify(makeDelta('base', steady(0), steady(15, 4)))
  expect(delta.length).toBeLessThan(1200)
  expect(JSON.stringify(steady(15)).length).toBeGreaterThan(40 * delta.length)
})

test('a field of a later version is dropped, at every place of a delta', () => {
  const later = {
    ...makeDelta('base', steady(0), steady(15)),
    later: 1,
    set: { later: 1 },
    unset: ['later'],
    within: {
      later: { edits: 'x' },
      namespaces: { later: 1, edits: [[0, { set: { later: 1 }, within: { later: {}, taps: { later: [] } } }]] },
      routeChecks: { columns: { later: many } },
    },
  }
  expect(apply(steady(0), later)).toEqual({ ...report.parse(steady(0)), sequence: 15, observedAt: instant(15) })
})

const base = steady(0)
const plain = makeDelta('base', base, { ...base, sequence: 1 })
const inTaps = (delta: object) => ({ within: { namespaces: { edits: [[0, { within: { taps: delta } }]] } } })
const atTaps = '/within/namespaces/edits/0/1/within/taps'
const whole = buildTap(500)

test.each<{ name: string; change: object; pointer: string }>([
  { name: 'no sequence', change: { sequence: undefined }, pointer: '/sequence' },
  { name: 'another version', change: { version: 2 }, pointer: '/version' },
  { name: 'changes that are no object', change: { set: [] }, pointer: '/set' },
  {
    name: 'a value that no report may hold',
    change: { set: { membershipBytes: -1 } },
    pointer: '/set/membershipBytes',
  },
  {
    name: 'a host without a name',
    change: { set: { host: { ...base.host, name: 7 } } },
    pointer: '/set/host/name',
  },
  { name: 'a needed field taken away', change: { unset: ['host'] }, pointer: '/unset/host' },
  { name: 'names taken away that are no list', change: { unset: 'host' }, pointer: '/unset' },
  { name: 'parts that are no object', change: { within: 1 }, pointer: '/within' },
  { name: 'parts of a field that comes whole', change: { within: { host: {} } }, pointer: '/within/host' },
  { name: 'edits that are no list', change: inTaps({ edits: {} }), pointer: `${atTaps}/edits` },
  { name: 'an edit out of range', change: inTaps({ edits: [[100, {}]] }), pointer: `${atTaps}/edits/0/0` },
  { name: 'an edit at a place below 0', change: inTaps({ edits: [[-1, {}]] }), pointer: `${atTaps}/edits/0/0` },
  { name: 'an edit at half a place', change: inTaps({ edits: [[0.5, {}]] }), pointer: `${atTaps}/edits/0/0` },
  { name: 'an edit at a text', change: inTaps({ edits: [['0', {}]] }), pointer: `${atTaps}/edits/0/0` },
  {
    name: 'two edits of one item',
    change: inTaps({
      edits: [
        [5, {}],
        [5, {}],
      ],
    }),
    pointer: `${atTaps}/edits/1/0`,
  },
  { name: 'an edit without changes', change: inTaps({ edits: [[5]] }), pointer: `${atTaps}/edits/0/1` },
  {
    name: 'an edit that makes a tap impossible',
    change: inTaps({ edits: [[5, { set: { ifindex: 0 } }]] }),
    pointer: `${atTaps}/edits/0/1/set/ifindex`,
  },
  {
    name: 'splices that overlap',
    change: inTaps({
      splices: [
        [5, 5, []],
        [9, 0, [whole]],
      ],
    }),
    pointer: `${atTaps}/splices/1/0`,
  },
  { name: 'a splice past the end', change: inTaps({ splices: [[90, 11, []]] }), pointer: `${atTaps}/splices/0/0` },
  { name: 'a splice of minus one', change: inTaps({ splices: [[90, -1, []]] }), pointer: `${atTaps}/splices/0/0` },
  {
    name: 'a splice with a wrong item',
    change: inTaps({ splices: [[100, 0, [whole, { ...whole, name: 1 }]]] }),
    pointer: `${atTaps}/splices/0/2/1/name`,
  },
  {
    name: 'more taps than a report may hold',
    change: inTaps({ splices: [[100, 0, Array.from({ length: 3901 }, () => whole)]] }),
    pointer: '/within/namespaces',
  },
  {
    name: 'more runs than a list may hold',
    change: { within: { runs: { splices: [[1, 0, Array.from({ length: 1000 }, () => base.runs[0])]] } } },
    pointer: '/within/runs/splices/0/2',
  },
  {
    name: 'a column of another length',
    change: { within: { routeChecks: { columns: { checkedAt: [1] } } } },
    pointer: '/within/routeChecks/columns/checkedAt',
  },
  {
    name: 'a column that the list has not',
    change: { within: { routeChecks: { columns: { gateway: many } } } },
    pointer: '/within/routeChecks/columns/gateway',
  },
  {
    name: 'an age beyond every calendar',
    change: { within: { routeChecks: { columns: { checkedAt: many.map(() => 9e15) } } } },
    pointer: '/within/routeChecks/columns/checkedAt/0',
  },
  {
    name: 'an age that is a text',
    change: { within: { routeChecks: { columns: { checkedAt: many.map(() => '5') } } } },
    pointer: '/within/routeChecks/columns/checkedAt/0',
  },
  {
    name: 'an expiry that no report may hold',
    change: { within: { routeChecks: { columns: { checkedAt: many, expiresInSeconds: many.map(() => 1e12) } } } },
    pointer: '/within/routeChecks/columns/expiresInSeconds/0',
  },
])('$name is refused', ({ change, pointer }) => {
  expect(() => apply(base, { ...plain, ...change })).toThrow(
    expect.objectContaining({ pointer, constructor: DeltaError }),
  )
})

test('a field that every object has is no field of a report', () => {
  const change = { within: { toString: {} }, set: { valueOf: 1 }, unset: ['constructor'] }
  expect(apply(base, { ...plain, ...change })).toEqual({ ...report.parse(base), sequence: 1 })
})

test('no delta, whatever it holds, makes a report that the schema refuses', () => {
  const wild = fc.jsonValue({ maxDepth: 3 })
  const spiced = fc.record(
    {
      set: fc.oneof(wild, fc.dictionary(fc.constantFrom('membershipBytes', 'namespaces', 'runs', '__proto__'), wild)),
      unset: fc.oneof(wild, fc.array(fc.constantFrom('unreadNamespaces', 'runs', '__proto__', 'toString'))),
      within: fc.dictionary(
        fc.constantFrom('namespaces', 'routeChecks', 'runs', '__proto__', 'host'),
        fc.record(
          { edits: fc.array(fc.tuple(few, wild)), splices: fc.array(fc.tuple(few, few, wild)), columns: wild },
          { requiredKeys: [] },
        ),
      ),
    },
    { requiredKeys: [] },
  )
  const outcomeOf = (held: Report, delta: object) => {
    try {
      return apply(held, { ...plain, ...delta })
    } catch (error) {
      return error
    }
  }
  let refused = 0
  fc.assert(
    fc.property(fc.integer(), spiced, (seed, delta) => {
      const [held = base] = buildHistory(createSeededRandom(seed), 1)
      const outcome = outcomeOf(held, delta)
      refused += outcome instanceof DeltaError ? 1 : 0
      return outcome instanceof DeltaError || report.safeParse(outcome).success
    }),
    { numRuns: 1000 },
  )
  expect(refused).toBeGreaterThan(100)
  expect(refused).toBeLessThan(1000)
})
