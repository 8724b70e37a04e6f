import type { Report, RouteCheckReport, TapReport } from '@slashzero/contract/report'
import { describe, expect, test } from 'vitest'
import { at, buildCheck, buildNamespace, buildReport, buildTap, instant } from '@slashzero/contract/testing'
import { judgeReport } from '../hypervisor/judge-report.ts'
import { judgeTime } from '../hypervisor/judge-time.ts'
import type { HypervisorState, RouteVerdict } from '../state.ts'
import { judgeAll, only } from '../testing/judge-all.ts'

function reportChecks(seconds: number, checks: readonly RouteCheckReport[], tap: Partial<TapReport> = {}): Report {
  return buildReport(seconds, { namespaces: [buildNamespace({ taps: [buildTap(7, tap)] })], routeChecks: [...checks] })
}

function routeOf(state: HypervisorState): RouteVerdict {
  return only(state.vms).route
}

const absent = { defaultRoute: 'absent', gateway: null, expiresInSeconds: null } as const
const answered = { method: 'off-link-probe', expiresInSeconds: null } as const
const listed = { expiresInSeconds: null, reason: 'the agent does not say when it ends' } as const
const unknown = {
  defaultRoute: 'unknown',
  reason: 'the agent did not answer',
  gateway: null,
  expiresInSeconds: null,
} as const

test.each([
  {
    name: 'no check ever',
    input: { reports: [reportChecks(0, [])], now: 0 },
    expected: {
      status: 'unknown',
      reason: 'Its route has never been checked: neither a guest agent nor another method has reported',
      checkedAt: null,
    },
  },
  {
    name: 'present with a lifetime',
    input: { reports: [reportChecks(0, [buildCheck(0)])], now: 0 },
    expected: {
      status: 'ok',
      reason: null,
      checkedAt: at(0),
      method: 'guest-agent',
      gateway: 'fe80::1',
      expiresAt: at(1790),
      since: at(0),
    },
  },
  {
    name: 'present without a lifetime, checked ten minutes less a second ago',
    input: { reports: [reportChecks(0, [buildCheck(0, { expiresInSeconds: null })]), reportChecks(590, [])], now: 599 },
    expected: { status: 'ok', expiresAt: null },
  },
  {
    name: 'present without a lifetime, checked ten minutes ago',
    input: { reports: [reportChecks(0, [buildCheck(0, { expiresInSeconds: null })]), reportChecks(590, [])], now: 600 },
    expected: {
      status: 'unknown',
      reason: 'The last check (guest agent) is of 2026-01-01 10:00:00 UTC, too old to tell',
      since: at(600),
      checkedAt: at(0),
    },
  },
  {
    name: 'present for ever, as a guest shows an infinite lifetime',
    input: { reports: [reportChecks(0, [buildCheck(0, { expiresInSeconds: 4_294_967_295 })])], now: 0 },
    expected: { status: 'ok', expiresAt: null },
  },
  {
    name: 'more than a third of the lifetime left',
    input: { reports: [reportChecks(0, [buildCheck(0)]), reportChecks(1193, [])], now: 1193 },
    expected: { status: 'ok' },
  },
  {
    name: 'a third of the lifetime left, and the next report is not there yet',
    input: { reports: [reportChecks(0, [buildCheck(0)]), reportChecks(1193, [])], now: 1207 },
    expected: { status: 'ok' },
  },
  {
    name: 'a third of the lifetime left, but an advertisement went out since the check',
    input: {
      reports: [
        reportChecks(0, [buildCheck(0)]),
        reportChecks(1180, [], { routerAdvertsOut: 4 }),
        reportChecks(1195, [], { routerAdvertsOut: 4 }),
      ],
      now: 1195,
    },
    expected: { status: 'ok' },
  },
  {
    name: 'a third of the lifetime left and the hypervisor silent',
    input: { reports: [reportChecks(0, [buildCheck(0)])], now: 1194 },
    expected: { status: 'expiring' },
  },
  {
    name: 'a third of the lifetime left',
    input: { reports: [reportChecks(0, [buildCheck(0)]), reportChecks(1195, [])], now: 1195 },
    expected: {
      status: 'expiring',
      reason: 'Its ::/0 ends at 2026-01-01 10:29:50 UTC: two Router Advertisements in a row have not renewed it',
      expiresAt: at(1790),
    },
  },
  {
    name: 'first seen at half its lifetime, renewed later, and near its end now',
    input: {
      reports: [
        reportChecks(0, [buildCheck(0, { expiresInSeconds: 900 })]),
        reportChecks(15, [buildCheck(15, { expiresInSeconds: 1800 })]),
        reportChecks(1220, []),
      ],
      now: 1220,
    },
    expected: { status: 'expiring', since: at(15 + 1200) },
  },
  {
    name: 'ended by the clock, and no advertisement went out since the check',
    input: { reports: [reportChecks(0, [buildCheck(0, { expiresInSeconds: 30 })]), reportChecks(31, [])], now: 31 },
    expected: {
      status: 'missing',
      reason:
        'Its lifetime ended at 2026-01-01 10:00:30 UTC and it was not renewed: no Router Advertisement has gone out on tap7 since the last check',
      since: at(30),
    },
  },
  {
    name: 'ended by the clock, and the next report is not there yet',
    input: { reports: [reportChecks(0, [buildCheck(0, { expiresInSeconds: 30 })]), reportChecks(15, [])], now: 31 },
    expected: {
      status: 'expiring',
      reason: 'Its lifetime ended at 2026-01-01 10:00:30 UTC; the next report tells whether it was renewed',
    },
  },
  {
    name: 'ended by the clock while the hypervisor is silent',
    input: { reports: [reportChecks(0, [buildCheck(0, { expiresInSeconds: 30 })]), reportChecks(15, [])], now: 100 },
    expected: {
      status: 'unknown',
      reason: 'Its lifetime ended at 2026-01-01 10:00:30 UTC, and its hypervisor is silent',
    },
  },
  {
    name: 'ended by the clock, but an advertisement went out since the check',
    input: {
      reports: [
        reportChecks(0, [buildCheck(0, { expiresInSeconds: 30 })]),
        reportChecks(15, [], { routerAdvertsOut: 4 }),
        reportChecks(31, []),
      ],
      now: 31,
    },
    expected: {
      status: 'unknown',
      reason: expect.stringContaining('a Router Advertisement that may have renewed it has gone out since'),
    },
  },
  {
    name: 'ended by the clock on a tap where this host never advertised',
    input: {
      reports: [
        reportChecks(0, [buildCheck(0, { expiresInSeconds: 30 })], { routerAdvertsOut: 0 }),
        reportChecks(31, [], { routerAdvertsOut: 0 }),
      ],
      now: 31,
    },
    expected: { status: 'unknown', reason: expect.stringContaining('whether it was renewed is not known') },
  },
  {
    name: 'absent',
    input: { reports: [reportChecks(0, [buildCheck(0, absent)])], now: 0 },
    expected: {
      status: 'missing',
      reason: 'The guest has no ::/0 (guest agent)',
      since: at(0),
      gateway: null,
      expiresAt: null,
    },
  },
  {
    name: 'listed but expired',
    input: { reports: [reportChecks(0, [buildCheck(0, { defaultRoute: 'expired', expiresInSeconds: -15 })])], now: 0 },
    expected: {
      status: 'missing',
      reason: 'The guest lists a ::/0 whose lifetime has ended (guest agent)',
      expiresAt: null,
    },
  },
  {
    name: 'said to be present with a negative lifetime',
    input: { reports: [reportChecks(0, [buildCheck(0, { expiresInSeconds: -15 })])], now: 0 },
    expected: { status: 'missing', reason: 'The guest lists a ::/0 whose lifetime has ended (guest agent)' },
  },
  {
    name: 'said to be present with a negative lifetime, ten minutes ago',
    input: { reports: [reportChecks(0, [buildCheck(0, { expiresInSeconds: -15 })]), reportChecks(590, [])], now: 600 },
    expected: { status: 'unknown', reason: expect.stringContaining('too old to tell') },
  },
  {
    name: 'absent since the lifetime ended, not since it was looked for',
    input: {
      reports: [reportChecks(0, [buildCheck(0, { expiresInSeconds: 20 })]), reportChecks(30, [buildCheck(30, absent)])],
      now: 30,
    },
    expected: { status: 'missing', since: at(20) },
  },
  {
    name: 'still absent keeps the time of the change',
    input: { reports: [reportChecks(0, [buildCheck(0, absent)]), reportChecks(15, [buildCheck(15, absent)])], now: 15 },
    expected: { status: 'missing', since: at(0), checkedAt: at(15) },
  },
  {
    name: 'back',
    input: { reports: [reportChecks(0, [buildCheck(0, absent)]), reportChecks(15, [buildCheck(15)])], now: 15 },
    expected: { status: 'ok', since: at(15), cause: null },
  },
  {
    name: 'the agent is down',
    input: { reports: [reportChecks(0, [buildCheck(0)]), reportChecks(15, [buildCheck(15, unknown)])], now: 15 },
    expected: {
      status: 'unknown',
      reason: 'The check (guest agent) could not tell: the agent did not answer',
      gateway: null,
      expiresAt: null,
    },
  },
  {
    name: 'absent, and then one check that hangs',
    input: {
      reports: [reportChecks(0, [buildCheck(0, absent)]), reportChecks(15, [buildCheck(15, unknown)])],
      now: 59,
    },
    expected: { status: 'missing', since: at(0), checkedAt: at(0) },
  },
  {
    name: 'absent, and then a minute of checks that hang',
    input: {
      reports: [reportChecks(0, [buildCheck(0, absent)]), reportChecks(45, [buildCheck(45, unknown)])],
      now: 60,
    },
    expected: { status: 'unknown', reason: expect.stringContaining('the agent did not answer'), since: at(60) },
  },
  {
    name: 'a weaker method tells where the stronger cannot',
    input: {
      reports: [
        reportChecks(0, [buildCheck(0, unknown), buildCheck(0, { method: 'off-link-probe', expiresInSeconds: null })]),
      ],
      now: 0,
    },
    expected: { status: 'ok', method: 'off-link-probe', reason: null },
  },
  {
    name: 'methods disagree, the stronger being newer: it is believed',
    input: {
      reports: [reportChecks(90, [buildCheck(90, absent), buildCheck(50, answered)])],
      now: 90,
    },
    expected: {
      status: 'missing',
      method: 'guest-agent',
      reason:
        "The guest has no ::/0 (guest agent); the methods disagree (guest agent: none; off-link probe: an answer) and the guest agent counts, for it reads the guest's own routes",
    },
  },
  {
    name: 'methods disagree in the same pass: an answer off-link proves a route',
    input: { reports: [reportChecks(5, [buildCheck(5, absent), buildCheck(1, answered)])], now: 5 },
    expected: {
      status: 'ok',
      method: 'off-link-probe',
      reason:
        'The methods disagree (off-link probe: an answer; guest agent: none) and the off-link probe counts, for an answer proves that a route leads back',
    },
  },
  {
    name: 'and goes on to, until it is asked again, though the table is read again',
    input: {
      reports: [
        reportChecks(0, [buildCheck(0, absent), buildCheck(0, answered)]),
        reportChecks(45, [buildCheck(45, absent), buildCheck(0, answered)]),
      ],
      now: 45,
    },
    expected: { status: 'ok', method: 'off-link-probe', since: at(0) },
  },
  {
    name: 'asked again without an answer, it ends',
    input: {
      reports: [
        reportChecks(0, [buildCheck(0, absent), buildCheck(0, answered)]),
        reportChecks(60, [buildCheck(60, absent), buildCheck(60, { ...absent, method: 'off-link-probe' })]),
      ],
      now: 60,
    },
    expected: { status: 'missing', method: 'guest-agent', reason: 'The guest has no ::/0 (guest agent)' },
  },
  {
    name: 'a route that went after the last answer is missing at once',
    input: {
      reports: [
        reportChecks(0, [buildCheck(0), buildCheck(0, answered)]),
        reportChecks(15, [buildCheck(15, absent), buildCheck(0, answered)]),
      ],
      now: 15,
    },
    expected: { status: 'missing', method: 'guest-agent', since: at(15) },
  },
  {
    name: 'an agent that cannot tell whether its route has expired yields to silence off-link',
    input: {
      reports: [reportChecks(0, [buildCheck(0, listed), buildCheck(0, { ...absent, method: 'off-link-probe' })])],
      now: 0,
    },
    expected: {
      status: 'missing',
      method: 'off-link-probe',
      reason:
        'The guest has no ::/0 (off-link probe); the methods disagree (off-link probe: no answer; guest agent: a ::/0) and the off-link probe counts, for the other cannot tell whether its route still holds: the agent does not say when it ends',
    },
  },
  {
    name: 'and is believed where an answer off-link agrees with it',
    input: { reports: [reportChecks(0, [buildCheck(0, listed), buildCheck(0, answered)])], now: 0 },
    expected: { status: 'ok', method: 'guest-agent', gateway: 'fe80::1', reason: null },
  },
  {
    name: 'methods disagree, the strongest being older: the freshest is believed',
    input: {
      reports: [
        reportChecks(130, [
          buildCheck(0, absent),
          buildCheck(130, { method: 'off-link-probe', expiresInSeconds: null }),
        ]),
      ],
      now: 130,
    },
    expected: { status: 'ok', method: 'off-link-probe', reason: null },
  },
  {
    name: 'ok, though another method disagrees',
    input: { reports: [reportChecks(0, [buildCheck(0), buildCheck(0, { ...absent, method: 'pushed' })])], now: 0 },
    expected: {
      status: 'ok',
      reason:
        "The methods disagree (guest agent: a ::/0; pushed by the guest: none) and the guest agent counts, for it reads the guest's own routes",
    },
  },
  {
    name: 'an older check does not replace a newer one',
    input: { reports: [reportChecks(30, [buildCheck(30)]), reportChecks(45, [buildCheck(10, absent)])], now: 45 },
    expected: { status: 'ok', checkedAt: at(30) },
  },
  {
    name: 'a check from the future is taken as of its arrival',
    input: { reports: [reportChecks(0, [buildCheck(90_000, absent)])], now: 0 },
    expected: { status: 'missing', since: at(0), checkedAt: at(0) },
  },
])('$name: $expected.status', ({ input: { reports, now }, expected }) => {
  expect(routeOf(judgeTime(judgeAll(reports).state, at(now)).state)).toMatchObject(expected)
})

describe('a VM over time', () => {
  test.each([3600, -3600])('a host whose clock is %i s off gives the same times', (skew) => {
    const observed = {
      ...reportChecks(0, [buildCheck(skew - 9, absent)]),
      observedAt: instant(skew - 8),
      sentAt: instant(skew),
    }
    const { state } = judgeReport(null, observed, at(0))
    expect(state).toMatchObject({ clockSkew: skew * 1000, observedAt: at(-8) })
    expect(routeOf(state)).toMatchObject({ since: at(-9), checkedAt: at(-9) })
  })

  test('one of which nothing changed is the same object, and so is its tap', () => {
    const steady = (seconds: number) => reportChecks(seconds, [buildCheck(0)])
    const { state } = judgeAll([steady(0), steady(15)])
    const later = judgeAll([steady(30)], state).state
    expect(only(later.vms)).toBe(only(state.vms))
    expect(only(later.taps)).toBe(only(state.taps))
    expect(only(judgeTime(later, at(60)).state.vms)).toBe(only(state.vms))
  })

  test.each([
    { name: 'name', tap: { vm: { ...buildCheck(0).vm, name: 'renamed', pid: 2007 } }, expected: { name: 'renamed' } },
    { name: 'tap', tap: { ifindex: 8 }, expected: { tapKeys: ['1:8'] } },
    { name: 'cause', tap: { up: false }, expected: { route: { status: 'missing', cause: 'tap7 is down' } } },
  ])('one of which only the $name changed has changed', ({ tap, expected }) => {
    const check = buildCheck(0, absent)
    const { state } = judgeAll([reportChecks(0, [check])])
    expect(only(state.vms)).not.toMatchObject(expected)
    expect(only(judgeAll([reportChecks(15, [check], tap)], state).state.vms)).toMatchObject(expected)
  })

  test('one whose verdict stays, but not its reason, has changed', () => {
    const { state } = judgeAll([reportChecks(0, [buildCheck(0, unknown)])])
    const { vms } = judgeTime(state, at(700)).state
    expect(only(vms).route).toMatchObject({
      since: at(0),
      reason: expect.stringContaining('too old to tell, and it could not tell either: the agent'),
    })
  })

  test('one that was seen to start is given half a minute before its route is called missing', () => {
    const started = reportChecks(15, [buildCheck(15, absent)], { vm: { ...buildCheck(0).vm, pid: 9999 } })
    const { state } = judgeAll([reportChecks(0, [buildCheck(0)]), started])
    expect(routeOf(state)).toMatchObject({
      status: 'unknown',
      reason: 'It started at 2026-01-01 10:00:15 UTC and may still be configuring itself',
    })
    expect(state.judgeAgainAt).toBe(at(45))
    expect(routeOf(judgeTime(state, at(44)).state).status).toBe('unknown')
    expect(routeOf(judgeTime(state, at(45)).state)).toMatchObject({ status: 'missing', since: at(15) })
  })

  test('one that was restarted is not judged by checks from before', () => {
    const restarted = reportChecks(15, [buildCheck(0)], { vm: { ...buildCheck(0).vm, pid: 9999 } })
    expect(routeOf(judgeAll([reportChecks(0, [buildCheck(0)]), restarted]).state)).toMatchObject({
      status: 'unknown',
      reason: 'It started at 2026-01-01 10:00:15 UTC and has not been checked since',
      checkedAt: null,
    })
  })

  test('one that is no longer reported becomes unknown after a minute and is forgotten after ten', () => {
    const without = (seconds: number) => buildReport(seconds, { namespaces: [buildNamespace({ taps: [] })] })
    const before = reportChecks(0, [buildCheck(0, absent)])
    expect(routeOf(judgeAll([before, without(15)]).state).status).toBe('missing')
    expect(routeOf(judgeAll([before, without(15), without(60)]).state)).toMatchObject({
      status: 'unknown',
      reason:
        'No tap and no check of this VM has been reported since 2026-01-01 10:00:00 UTC: it may have stopped or moved',
    })
    expect(
      routeOf(judgeAll([before, without(15), before, reportChecks(61, [buildCheck(61, absent)])]).state).status,
    ).toBe('missing')
    const { state, transitions } = judgeAll([before, without(15), without(600)])
    expect(state.vms).toEqual([])
    expect(transitions).toContainEqual(expect.objectContaining({ subject: 'vm', to: null }))
  })

  test('a check that knows only the name means the VM that bears it', () => {
    const named = { name: 'vm-7', uuid: null }
    expect(only(judgeAll([reportChecks(0, [buildCheck(0, { vm: named })])]).state.vms)).toMatchObject({
      uuid: buildCheck(0).vm.uuid,
      route: { status: 'ok' },
    })
    const twin = buildTap(8, { vm: { name: 'vm-7', uuid: '00000000-0000-4000-8000-00000000aaaa', pid: 1 } })
    const namespaces = [buildNamespace({ taps: [buildTap(7), twin] })]
    const { state } = judgeAll([buildReport(0, { namespaces, routeChecks: [buildCheck(0, { vm: named })] })])
    expect(state.vms.map(({ key, route }) => [key, route.status])).toEqual([
      [buildCheck(0).vm.uuid, 'unknown'],
      ['00000000-0000-4000-8000-00000000aaaa', 'unknown'],
      ['name:vm-7', 'ok'],
    ])
  })

  test('a VM without a uuid that bears the name of one with a uuid is another', () => {
    const nameless = { name: 'vm-7', uuid: null }
    const namespaces = [buildNamespace({ taps: [buildTap(7), buildTap(8, { vm: { ...nameless, pid: 1 } })] })]
    const routeChecks = [buildCheck(0, absent), buildCheck(1, { vm: nameless })]
    const { state } = judgeAll([buildReport(2, { namespaces, routeChecks })])
    expect(state.vms.map(({ key, route, tapKeys }) => [key, route.status, tapKeys.length])).toEqual([
      [buildCheck(0).vm.uuid, 'missing', 1],
      ['name:vm-7', 'ok', 1],
    ])
  })

  test('every change of its verdict is a transition, at the time it came to be so', () => {
    const first = judgeAll([reportChecks(0, [buildCheck(0, { expiresInSeconds: 30 })])])
    expect(first.transitions.filter(({ subject }) => subject === 'vm')).toMatchObject([
      { at: at(0), from: null, to: 'ok' },
    ])
    const expiring = judgeReport(first.state, reportChecks(22, []), at(22))
    expect(expiring.transitions).toMatchObject([{ subject: 'vm', at: at(20), from: 'ok', to: 'expiring' }])
    const gone = judgeReport(expiring.state, reportChecks(35, [buildCheck(34, absent)]), at(35))
    expect(gone.transitions).toMatchObject([{ subject: 'vm', at: at(30), from: 'expiring', to: 'missing' }])
  })
})
