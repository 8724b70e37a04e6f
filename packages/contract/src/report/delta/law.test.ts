import { isDeepStrictEqual } from 'node:util'
import * as fc from 'fast-check'
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
  instant,
} from '../../testing/index.ts'
import { applyDelta, makeDelta, report, reuseParts, type Report } from '../index.ts'

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
        expect(applyDelta(report.parse(toRaw(base)), tellChanges(base, next))).toEqual(report.parse(toRaw(next)))
      }),
      { numRuns: 1000 },
    )
  })

  test('applying a delta leaves its base as it is', () => {
    fc.assert(
      fc.property(pairs, ([base, next]) => {
        const held = report.parse(overTheWire(base))
        applyDelta(held, tellChanges(base, next))
        expect(held).toEqual(report.parse(overTheWire(base)))
      }),
    )
  })

  test.each([
    {
      name: 'a delta',
      receive: (held: Report, next: Report, base: Report) => applyDelta(held, tellChanges(base, next)),
    },
    { name: 'a whole report', receive: (held: Report, next: Report) => reuseParts(held, report.parse(toRaw(next))) },
  ])('parts that did not change are the same objects after $name', ({ receive }) => {
    let compared = 0
    fc.assert(
      fc.property(pairs, ([base, next]) => {
        const held = report.parse(toRaw(base))
        const made = receive(held, next, base)
        expect(made).toEqual(report.parse(toRaw(next)))
        const unchanged = pairParts(held, made).filter(([before, after]) => isDeepStrictEqual(before, after))
        compared += unchanged.length
        expect(unchanged.filter(([before, after]) => before !== after)).toEqual([])
      }),
    )
    expect(compared).toBeGreaterThan(100)
  })
})

function tellChanges(base: Report, next: Report): unknown {
  return overTheWire({ ...makeDelta('base', toRaw(base), toRaw(next)), sentAt: next.sentAt })
}

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
