import type { Report, RouteCheckReport, TapReport } from '@slashzero/contract/report'
import { expect, test } from 'vitest'
import { at, buildCheck, buildNamespace, buildReport, buildTap } from '@slashzero/contract/testing'
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
      reason: 'The route has never been checked: no guest agent and no other method has reported',
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
      reason: 'The last check (guest agent) is from 2026-01-01 10:00:00 UTC, too old to tell',
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
      reason: 'The ::/0 ends at 2026-01-01 10:29:50 UTC: two Router Advertisements in a row did not renew it',
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
        'The lifetime of the route ended at 2026-01-01 10:00:30 UTC and it was not renewed: no Router Advertisement went out on tap7 since the last check',
      since: at(30),
    },
  },
  {
    name: 'ended by the clock, and the next report is not there yet',
    input: { reports: [reportChecks(0, [buildCheck(0, { expiresInSeconds: 30 })]), reportChecks(15, [])], now: 31 },
    expected: {
      status: 'expiring',
      reason:
        'The lifetime of the route ended at 2026-01-01 10:00:30 UTC; the next report shows whether it was renewed',
    },
  },
  {
    name: 'ended by the clock while the hypervisor is silent',
    input: { reports: [reportChecks(0, [buildCheck(0, { expiresInSeconds: 30 })]), reportChecks(15, [])], now: 100 },
    expected: {
      status: 'unknown',
      reason: 'The lifetime of the route ended at 2026-01-01 10:00:30 UTC, and the hypervisor is silent',
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
      reason: expect.stringContaining('a Router Advertisement since the last check may have renewed it'),
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
    expected: { status: 'unknown', reason: expect.stringContaining('it is not known whether it was renewed') },
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
    name: 'absent since the lifetime ended, not since the check',
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
    name: 'the agent is down before the known end of the route',
    input: { reports: [reportChecks(0, [buildCheck(0)]), reportChecks(15, [buildCheck(15, unknown)])], now: 15 },
    expected: { status: 'ok', reason: null, gateway: 'fe80::1', expiresAt: at(1790), checkedAt: at(0) },
  },
  {
    name: 'the agent is down after the known end of the route',
    input: { reports: [reportChecks(0, [buildCheck(0)]), reportChecks(1800, [buildCheck(1800, unknown)])], now: 1800 },
    expected: { status: 'unknown', gateway: null, expiresAt: null },
  },
  {
    name: 'the agent is down and the route has no known end',
    input: {
      reports: [
        reportChecks(0, [buildCheck(0, { expiresInSeconds: null })]),
        reportChecks(15, [buildCheck(15, unknown)]),
      ],
      now: 15,
    },
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
    name: 'a weaker method decides if the stronger method cannot tell',
    input: {
      reports: [
        reportChecks(0, [buildCheck(0, unknown), buildCheck(0, { method: 'off-link-probe', expiresInSeconds: null })]),
      ],
      now: 0,
    },
    expected: { status: 'ok', method: 'off-link-probe', reason: null },
  },
  {
    name: 'methods disagree and the stronger is newer: the stronger counts',
    input: {
      reports: [reportChecks(90, [buildCheck(90, absent), buildCheck(50, answered)])],
      now: 90,
    },
    expected: {
      status: 'missing',
      method: 'guest-agent',
      reason:
        "The guest has no ::/0 (guest agent); the methods disagree (guest agent: none; off-link probe: an answer) and the guest agent counts, because it reads the guest's own routes",
    },
  },
  {
    name: 'methods disagree in the same pass: an answer off-link proves a route',
    input: { reports: [reportChecks(5, [buildCheck(5, absent), buildCheck(1, answered)])], now: 5 },
    expected: {
      status: 'ok',
      method: 'off-link-probe',
      reason:
        'The methods disagree (off-link probe: an answer; guest agent: none) and the off-link probe counts, because an answer proves that a route leads back',
    },
  },
  {
    name: 'and still counts after a new table, until the next off-link check',
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
    name: 'and ends if the next off-link check gets no answer',
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
        'The guest has no ::/0 (off-link probe); the methods disagree (off-link probe: no answer; guest agent: a ::/0) and the off-link probe counts, because the other method cannot tell whether its route still holds: the agent does not say when it ends',
    },
  },
  {
    name: 'and counts if an off-link answer agrees',
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
        "The methods disagree (guest agent: a ::/0; pushed by the guest: none) and the guest agent counts, because it reads the guest's own routes",
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
