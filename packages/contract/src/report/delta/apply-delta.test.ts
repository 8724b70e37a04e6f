import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  at,
  buildAdvertisement,
  buildCheck,
  buildNamespace,
  buildReport,
  buildSender,
  buildSocket,
  buildTap,
  goldenJson,
  instant,
} from '../../testing/index.ts'
import { applyDelta, DeltaError, makeDelta, report, type Report } from '../index.ts'

/** What a server makes of a delta that came over the wire. */
function carry(base: Report, next: Report): Report {
  return apply(base, makeDelta('base', toRaw(base), toRaw(next)), next.sentAt)
}

function apply(base: Report, delta: object, sentAt = base.sentAt): Report {
  return applyDelta(report.parse(toRaw(base)), overTheWire({ ...delta, sentAt }))
}

/** The report as a collector makes it, which leaves defaults out. */
function toRaw(made: Report): Report {
  return JSON.parse(
    JSON.stringify(made, (name, value: unknown) => (name === 'kind' && value === 'tap' ? undefined : value)),
  )
}

function overTheWire(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}

const flip = fc.integer({ min: 0, max: 1 })
const few = fc.integer({ min: 0, max: 3 })

function listOf<Item>(item: (id: number) => fc.Arbitrary<Item>, max = 5): fc.Arbitrary<Item[]> {
  return fc.uniqueArray(few, { maxLength: max }).chain((ids) => fc.tuple(...ids.map((id) => item(id + 1))))
}

const taps = listOf((ifindex) =>
  fc.record({ up: fc.boolean(), sent: few, kind: flip, heard: few, vm: few }).map(({ up, sent, kind, heard, vm }) =>
    buildTap(ifindex, {
      up,
      routerAdvertsOut: sent,
      ...(kind === 0 ? {} : { kind: 'macvtap', linkLocals: [{ address: `fe80::${sent}`, state: 'usable' }] }),
      ...(heard === 0 ? {} : { advertisements: [buildAdvertisement({ seenAt: instant(heard) })] }),
      ...(vm === 0 ? { vm: null } : {}),
    }),
  ),
)

const configuration = listOf((id) => few.map((lifetime) => ({ id, lifetime })), 3).map((interfaces) => ({
  path: '/etc/radvd.conf',
  readAt: instant(0),
  changedAt: instant(0),
  newerThanProcess: false,
  interfaces: interfaces.map(({ id, lifetime }) => ({
    name: `tap${id}`,
    sendsAdverts: true,
    unicastOnly: false,
    minIntervalSeconds: 3,
    maxIntervalSeconds: 4,
    routerLifetimeSeconds: lifetime,
    prefixes: [],
  })),
}))

const senders = listOf((pid) =>
  fc
    .record({
      sockets: listOf((inode) => few.map((bytes) => buildSocket({ inode, optmemBytes: bytes })), 3),
      configuration: fc.option(configuration, { nil: undefined }),
    })
    .map(({ sockets, configuration: configured }) =>
      buildSender({ pid, sockets, ...(configured === undefined ? {} : { configuration: configured }) }),
    ),
)

const namespaces = listOf(
  (id) =>
    fc
      .record({ taps, senders, limit: few })
      .map(({ limit, ...rest }) => buildNamespace({ id, optmemMaxBytes: limit, ...rest })),
  3,
)

const checks = listOf((id) =>
  fc
    .record({ age: fc.integer({ min: -2, max: 4000 }), expires: fc.option(few), gateway: few, odd: few })
    .map(({ age, expires, gateway, odd }) => {
      const time = new Date(at(100) - age * 10)
      return buildCheck(0, {
        vm: { name: `vm-${id}`, uuid: null },
        checkedAt: odd === 3 ? time.toISOString().replace('Z', '+00:00') : time.toISOString(),
        expiresInSeconds: expires,
        gateway: `fe80::${gateway}`,
      })
    }),
)

const runs = listOf((id) =>
  fc.record({ milliseconds: few, failed: flip }).map(({ milliseconds, failed }) => ({
    probe: `probe-${id}`,
    outcome: failed === 1 ? ('failed' as const) : ('ok' as const),
    milliseconds: milliseconds / 3,
    error: failed === 1 ? 'denied' : null,
  })),
)

const reports: fc.Arbitrary<Report> = fc
  .record({ namespaces, checks, runs, seconds: few, unread: flip, bytes: flip, label: few })
  .map(({ checks: routeChecks, seconds, unread, bytes, label, ...rest }) =>
    Object.assign(
      buildReport(100 + seconds, { ...rest, routeChecks, host: { labels: { site: `s${label}` } } }),
      { membershipBytes: bytes === 0 ? null : 56 },
      unread === 0 ? {} : { unreadNamespaces: [{ id: 9, name: null, reason: 'denied' }], intervalSeconds: 15 },
    ),
  )

/** Two reports: unlike each other, or the second with some parts of the first. */
const pairs = fc.tuple(reports, reports, fc.infiniteStream(few)).map(([base, other, choices]): [Report, Report] => {
  const all = choices.next()
  return [base, all.value === 0 ? other : report.parse(blend(base, other, () => choices.next().value !== 0))]
})

/** Takes each part from `one`, or from `other` if `keep` is false. */
function blend(one: unknown, other: unknown, keep: () => boolean): unknown {
  if (Array.isArray(one) && Array.isArray(other)) {
    const [kept, rest] = keep() ? [one, other] : [other, one]
    const named = new Map<unknown, unknown>(rest.map((item: unknown) => [nameOf(item), item]))
    return kept.map((item: unknown) => (named.has(nameOf(item)) ? blend(item, named.get(nameOf(item)), keep) : item))
  }
  if (!isObject(one) || !isObject(other)) return keep() || other === undefined ? one : other
  return Object.fromEntries(Object.entries(one).map(([name, value]) => [name, blend(value, other[name], keep)]))
}

function nameOf(item: unknown): unknown {
  if (!isObject(item)) return item
  const { id, ifindex, pid, inode, probe, name = JSON.stringify(item.vm) } = item
  return id ?? ifindex ?? pid ?? inode ?? probe ?? name
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

describe('the law of a delta', () => {
  test('a report and its delta make the next report', () => {
    fc.assert(
      fc.property(pairs, ([base, next]) => {
        expect(carry(base, next)).toEqual(report.parse(overTheWire(next)))
      }),
      { numRuns: 1000 },
    )
  })

  test('applying a delta leaves its base as it is', () => {
    fc.assert(
      fc.property(pairs, ([base, next]) => {
        const held = report.parse(overTheWire(base))
        applyDelta(held, overTheWire({ ...makeDelta('base', base, next), sentAt: next.sentAt }))
        expect(held).toEqual(report.parse(overTheWire(base)))
      }),
    )
  })

  test('parts that did not change are the same objects', () => {
    let compared = 0
    fc.assert(
      fc.property(pairs, ([base, next]) => {
        const held = report.parse(overTheWire(base))
        const made = applyDelta(held, overTheWire({ ...makeDelta('base', base, next), sentAt: next.sentAt }))
        const unchanged = pairParts(held, made).filter(([before, after]) => isDeepStrictEqual(before, after))
        compared += unchanged.length
        expect(unchanged.filter(([before, after]) => before !== after)).toEqual([])
      }),
    )
    expect(compared).toBeGreaterThan(100)
  })
})

/** The parts of two reports that have the same name. */
function pairParts(one: Report, other: Report): [unknown, unknown][] {
  const partsOf = ({ namespaces: spaces, routeChecks, runs: ran, host }: Report) => {
    const parts = new Map<string, unknown>([['host', host]])
    for (const space of spaces) {
      const { id, taps: ports, senders: daemons } = space
      parts.set(`namespace ${id}`, space)
      for (const tap of ports) parts.set(`${id} tap ${tap.ifindex}`, tap)
      for (const sender of daemons) {
        const { pid, sockets, configuration: configured } = sender
        parts.set(`${id} sender ${pid}`, sender)
        for (const socket of sockets) parts.set(`${id} ${pid} socket ${socket.inode}`, socket)
        if (configured) parts.set(`${id} ${pid} configuration`, configured)
      }
    }
    for (const check of routeChecks) parts.set(`check ${check.vm.name}`, check)
    for (const run of ran) parts.set(`run ${run.probe}`, run)
    return parts
  }
  const [before, after] = [partsOf(one), partsOf(other)]
  const order = (parts: Map<string, unknown>) => [...parts.keys()].filter((key) => before.has(key) && after.has(key))
  // An item that moved within its list is sent whole.
  if (JSON.stringify(order(before)) !== JSON.stringify(order(after))) return []
  return order(before).map((key) => [before.get(key), after.get(key)])
}

const many = Array.from({ length: 100 }, (_, index) => index + 1)
const vmOf = (id: number) => ({ name: `vm-${id}`, uuid: null })
const steady = (seconds: number, sent = 3) =>
  buildReport(seconds, {
    taps: many.map((id) => buildTap(id, id === 50 ? { routerAdvertsOut: sent } : {})),
    routeChecks: many.map((id) => buildCheck(seconds, { vm: vmOf(id), expiresInSeconds: 1790 - (seconds % 15) })),
    runs: [{ probe: 'optmem', outcome: 'ok', milliseconds: seconds / 7, error: null }],
  })

test('a recorded report is its own base', () => {
  const golden = report.parse(goldenJson())
  expect(carry(golden, { ...golden, sequence: golden.sequence + 1 })).toEqual({
    ...golden,
    sequence: golden.sequence + 1,
  })
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
    fc.property(reports, spiced, (held, delta) => {
      const outcome = outcomeOf(held, delta)
      refused += outcome instanceof DeltaError ? 1 : 0
      return outcome instanceof DeltaError || report.safeParse(outcome).success
    }),
    { numRuns: 1000 },
  )
  expect(refused).toBeGreaterThan(100)
  expect(refused).toBeLessThan(1000)
})
