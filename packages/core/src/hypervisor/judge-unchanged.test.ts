import type {
  NamespaceReport,
  Report,
  SeenAdvertisement,
  SenderConfiguration,
  SenderReport,
  TapReport,
} from '@slashzero/contract/report'
import {
  buildAdvertisement,
  buildCheck,
  buildNamespace,
  buildReport,
  buildSender,
  buildSocket,
  buildTap,
  START,
} from '@slashzero/contract/testing'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Judgement } from '../state.ts'
import { anyReport } from '../testing/any-report.ts'
import { judgeReport } from './judge-report.ts'
import { judgeTime } from './judge-time.ts'

/** What the next report of a host takes from another report; the rest stays the same objects. */
const parts = fc.constantFrom(
  ...(['tap', 'counters', 'vm', 'listener', 'gateway', 'senders', 'configuration', 'joins'] as const),
  ...(['limit', 'checks', 'unread', 'runs', 'size'] as const),
)
const steps = fc.array(
  fc.record({
    part: fc.option(parts, { freq: 2 }),
    from: anyReport,
    wait: fc.oneof(fc.integer({ min: -2000, max: 16_000 }), fc.nat({ max: 2_000_000 })),
    travel: fc.nat({ max: 1500 }),
    isTimeJudged: fc.boolean(),
  }),
  { minLength: 2, maxLength: 8 },
)

type Part = typeof parts extends fc.Arbitrary<infer Value> ? Value : never

function change(report: Report, part: Part | null, from: Report): Report {
  const [namespace, ...others] = report.namespaces
  const [other] = from.namespaces
  const dice = from.sequence
  const place = (changed: Partial<NamespaceReport>) =>
    namespace === undefined ? report : { ...report, namespaces: [{ ...namespace, ...changed }, ...others] }
  const tap = (changed: Partial<TapReport>) => {
    const [first, ...rest] = namespace?.taps ?? []
    return first === undefined
      ? place({ taps: other?.taps ?? [] })
      : place({ taps: [{ ...first, ...changed }, ...rest] })
  }
  const sender = (changed: Partial<SenderReport>) =>
    place({ senders: (namespace?.senders ?? []).map((one) => Object.assign({}, one, changed)) })
  switch (part) {
    case null:
      return report
    case 'tap':
      return tap(other?.taps[0] ?? {})
    case 'counters':
      return tap({ routerSolicitsIn: other?.taps[0]?.routerSolicitsIn ?? 3, routerAdvertsOut: dice % 4 })
    case 'vm':
      return tap({ vm: other?.taps[0]?.vm ?? null })
    case 'listener':
      return tap({ listener: dice % 3 === 0 ? namespace?.taps[0]?.name : 'br0', routerAdvertsOut: 0 })
    case 'gateway':
      return { ...report, routeChecks: namespace?.taps.flatMap(({ vm }) => (vm ? [seePresent(vm, dice)] : [])) ?? [] }
    case 'configuration':
      return sender({ configuration: dice % 3 === 0 ? null : configure(dice) })
    case 'joins':
      return sender({ joinedListeners: dice % 2 === 0 ? [] : ['br0'] })
    case 'senders':
      return place({ senders: other?.senders ?? [] })
    case 'limit':
      return place({ optmemMaxBytes: other?.optmemMaxBytes ?? null })
    case 'checks':
      return { ...report, routeChecks: from.routeChecks }
    case 'unread':
      return { ...report, unreadNamespaces: from.unreadNamespaces }
    case 'runs':
      return { ...report, runs: from.runs }
    case 'size':
      return { ...report, membershipBytes: from.membershipBytes }
    default:
      return part satisfies never
  }
}

function seePresent(vm: NonNullable<TapReport['vm']>, dice: number) {
  return buildCheck(0, { vm: { name: vm.name, uuid: vm.uuid }, gateway: `fe80::${dice % 3}` })
}

function configure(dice: number): SenderConfiguration {
  const br0 = { name: 'br0', sendsAdverts: true, unicastOnly: false, minIntervalSeconds: 200, maxIntervalSeconds: 600 }
  const interfaces = [{ ...br0, routerLifetimeSeconds: 900 * (dice % 4), prefixes: [] }]
  const then = new Date(START).toISOString()
  return { path: '/etc/radvd.conf', readAt: then, changedAt: then, newerThanProcess: dice % 5 === 0, interfaces }
}

const clone = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value))

/** Judges twice: like a server that knows the last report, and like a server that reads a stored state. */
function createTwins() {
  let [kept, fresh]: (Judgement | null)[] = [null, null]
  return {
    /** Judges the report as sent at `now` with checks of that time, received `travel` milliseconds later. */
    judge(report: Report, sequence: number, now: number, travel = 0) {
      const sentAt = new Date(now).toISOString()
      const checkedAt = new Date(now - travel).toISOString()
      const routeChecks = report.routeChecks.map((check) => Object.assign({}, check, { checkedAt }))
      const told = { ...report, sequence, observedAt: sentAt, sentAt, routeChecks }
      kept = judgeReport(kept?.state ?? null, told, now + travel)
      fresh = judgeReport(clone(fresh)?.state ?? null, clone(told), now + travel)
      return { kept: clone(kept), fresh: clone(fresh) }
    },
    judgeTime(now: number) {
      if (kept) kept = judgeTime(kept.state, now)
      if (fresh) fresh = judgeTime(clone(fresh).state, now)
    },
  }
}

test('unchanged parts are judged like parts that were never seen before', () => {
  fc.assert(
    fc.property(anyReport, steps, (first, history) => {
      const twins = createTwins()
      let report = first
      let now = START
      for (const [sequence, { part, from, wait, travel, isTimeJudged }] of history.entries()) {
        now += wait
        report = change(report, part, from)
        const { kept, fresh } = twins.judge(report, sequence, now, travel)
        expect(kept).toEqual(fresh)
        if (isTimeJudged) twins.judgeTime(now + 60_000)
      }
    }),
    { numRuns: 300 },
  )
})

const served = buildTap(7, { listener: 'br0', routerSolicitsIn: 0 })
const unjoined = { ...served, allRoutersUsers: 1 }
const other = buildTap(8)
const alone = buildSender({ configuration: configure(2) })
const both = [1, 2].map((pid) =>
  buildSender({ pid, joinedListeners: ['br0'], configuration: configure(2), sockets: [buildSocket({ inode: pid })] }),
)
const stranger = buildTap(7, { listener: 'tap7', routerAdvertsOut: 0, allRoutersUsers: 1 })
const heard = (...advertisements: SeenAdvertisement[]) => ({ ...served, advertisements })
const seenAt = new Date(START + 50_000).toISOString()
const rivals = [100, 1800].map((lifetime) =>
  buildAdvertisement({ source: `fe80::${lifetime}`, seenAt, routerLifetimeSeconds: lifetime }),
)
const changeOf = (sender: SenderReport, changed: Partial<SenderReport>) => ({ ...sender, ...changed })

type Case = {
  readonly name: string
  readonly before: readonly Partial<NamespaceReport>[]
  readonly after?: readonly Partial<NamespaceReport>[]
  readonly gateway?: string
  /** Milliseconds between reports, and between the last two reports. */
  readonly pace?: number
  readonly wait?: number
  /** Milliseconds that the last report travels. */
  readonly travel?: number
}

const cases: readonly Case[] = [
  {
    name: 'the listener',
    before: [{ senders: [alone], taps: [unjoined] }],
    after: [{ senders: [alone], taps: [{ ...unjoined, listener: 'br1' }] }],
  },
  {
    name: 'the listener, to the tap',
    before: [{ senders: [alone], taps: [served] }],
    after: [{ senders: [alone], taps: [{ ...served, listener: 'tap7' }] }],
  },
  {
    name: 'the lifetime',
    before: [{ senders: [alone], taps: [served] }],
    after: [{ senders: [changeOf(alone, { configuration: configure(1) })], taps: [served] }],
  },
  {
    name: 'the file',
    before: [{ senders: [alone], taps: [unjoined] }],
    after: [{ senders: [changeOf(alone, { configuration: configure(5) })], taps: [unjoined] }],
  },
  {
    name: 'the limit',
    before: [{ senders: [alone], taps: [served] }],
    after: [{ senders: [alone], taps: [served], optmemMaxBytes: 40 }],
  },
  {
    name: 'joins of a sender',
    before: [{ senders: both, taps: [served] }],
    after: [
      { senders: both.map((one) => changeOf(one, { joinedListeners: one.pid === 1 ? [] : ['br0'] })), taps: [served] },
    ],
  },
  {
    name: 'the lifetime of a sender',
    before: [{ senders: both, taps: [{ ...served, allRoutersUsers: 3 }] }],
    after: [
      {
        senders: both.map((one) => changeOf(one, { configuration: one.pid === 1 ? null : configure(2) })),
        taps: [{ ...served, allRoutersUsers: 3 }],
      },
    ],
  },
  { name: 'the gateway', before: [{ senders: [], taps: [stranger] }], gateway: 'fe80::99' },
  {
    name: 'time, which ends an advertisement',
    before: [{ senders: [alone], taps: [heard(...rivals)] }],
    wait: 200_000,
  },
  { name: 'the clock of the host', before: [{ senders: [alone], taps: [heard(...rivals)] }], travel: 3000 },
  {
    name: 'time, which ends the grace of a tap',
    before: [{ taps: [unjoined, other] }],
    after: [{ taps: [unjoined, { ...other, up: false }] }],
    pace: 1000,
    wait: 30_000,
  },
  { name: 'time, backwards', before: [{ senders: [alone], taps: [unjoined] }], wait: -15_000 },
  {
    name: 'its namespace, to one of another name',
    before: [
      { id: 1, taps: [served] },
      { id: 2, name: 'two', taps: [served] },
    ],
    after: [{ id: 1 }, { id: 2, name: 'two', taps: [served] }],
  },
  {
    name: 'its namespace, which repeats it',
    before: [
      { id: 1, taps: [served] },
      { id: 2, name: 'two', taps: [served] },
    ],
    after: [{ id: 1, taps: [served, served] }],
  },
]

describe.each([{ objects: 'the same objects' }, { objects: 'equal objects' }])(
  'reported by $objects',
  ({ objects }) => {
    const shareOf = (report: Report) => (objects === 'equal objects' ? clone(report) : report)

    test.each(cases)(
      'a tap is judged again after a change of $name',
      ({ before, after = before, gateway, pace = 5000, wait = pace, travel = 0 }) => {
        const twins = createTwins()
        const make = (namespaces: readonly Partial<NamespaceReport>[], router = 'fe80::7') =>
          buildReport(0, {
            namespaces: namespaces.map((one) => buildNamespace({ taps: [], ...one })),
            routeChecks: [buildCheck(0, { gateway: router })],
          })
        const [first, second] = [make(before), make(after, gateway)]
        twins.judge(make([]), 0, START)
        let now = START + 60_000
        let was
        for (const sequence of [1, 2, 3, 4]) {
          now += pace
          was = twins.judge(shareOf(first), sequence, now)
        }
        const soon = twins.judge(shareOf(second), 5, now + pace)
        expect(soon.kept).toEqual(soon.fresh)
        const later = twins.judge(shareOf(second), 6, now + pace + wait, travel)
        expect(later.kept).toEqual(later.fresh)
        expect(later.kept?.state.taps).not.toEqual(was?.kept?.state.taps)
      },
    )
  },
)

test('a report without news keeps every tap', () => {
  fc.assert(
    fc.property(anyReport, (report) => {
      fc.pre(!report.namespaces.some((one) => one.taps.some((tap) => tap.advertisements)))
      let state = null
      let taps = null
      for (let sequence = 0; sequence < 4; sequence += 1) {
        const at = new Date(START + sequence * 4_000_000_000).toISOString()
        taps = state?.taps
        state = judgeReport(state, { ...report, sequence, observedAt: at, sentAt: at }, Date.parse(at)).state
      }
      expect(state?.taps).toBe(taps)
    }),
    { numRuns: 200 },
  )
})
