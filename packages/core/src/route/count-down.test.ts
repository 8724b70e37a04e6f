import type { RouteCheckReport, TapReport } from '@slashzero/contract/report'
import { expect, test } from 'vitest'
import {
  at,
  buildCheck,
  buildNamespace,
  buildReport,
  buildSender,
  buildSocket,
  buildTap,
  instant,
} from '@slashzero/contract/testing'
import { judgeAll, only } from '../testing/judge-all.ts'

type Situation = { checks?: RouteCheckReport[]; taps?: TapReport[]; blocked?: boolean }

const sent = (seconds: number, routerLifetimeSeconds = 1800, source = 'fe80::1'): Partial<TapReport> => ({
  advertisements: [
    {
      source,
      linkAddress: null,
      direction: 'sent',
      seenAt: instant(seconds),
      routerLifetimeSeconds,
      sincePreviousSeconds: null,
      prefixes: [],
    },
  ],
})
const { vm } = buildTap(7)

function countDownAt(seconds: number, { checks = [], taps = [buildTap(7, sent(0))], blocked = false }: Situation) {
  const senders = [buildSender({ sockets: [buildSocket(blocked ? { optmemBytes: 20_440 } : {})] })]
  const report = buildReport(seconds, { namespaces: [buildNamespace({ taps, senders })], routeChecks: checks })
  return only(judgeAll([report]).state.vms).route.countdown
}

const probe = (seconds: number, changed: Partial<RouteCheckReport> = {}) =>
  buildCheck(seconds, { method: 'off-link-probe', gateway: null, expiresInSeconds: null, ...changed })

test.each<{ name: string; seconds?: number; situation: Situation; expected: unknown }>([
  {
    name: 'from the seen advertisement if no guest was asked',
    situation: {},
    expected: { endsAt: at(1800), basis: 'seen', renewable: true },
  },
  {
    name: 'from the seen advertisement if a probe found the route',
    situation: { checks: [probe(10)] },
    expected: { endsAt: at(1800), basis: 'seen', renewable: true },
  },
  {
    name: 'from the guest',
    situation: { checks: [buildCheck(10)] },
    expected: { endsAt: at(1800), basis: 'guest', renewable: true },
  },
  {
    name: 'from the guest, which heard less than was sent',
    situation: { checks: [buildCheck(10, { expiresInSeconds: 700 })] },
    expected: { endsAt: at(710), basis: 'guest', renewable: true },
  },
  {
    name: 'from an advertisement sent after the guest was asked',
    situation: { checks: [buildCheck(10, { expiresInSeconds: 700 })], taps: [buildTap(7, sent(12))] },
    expected: { endsAt: at(1812), basis: 'seen', renewable: true },
  },
  {
    name: 'without renewal if sends are blocked',
    situation: { blocked: true },
    expected: { endsAt: at(1800), basis: 'seen', renewable: false },
  },
  {
    name: 'to the latest end of several taps',
    situation: {
      taps: [buildTap(7, sent(0)), buildTap(8, { ...sent(5), vm }), buildTap(9, { routerAdvertsOut: 0, vm })],
    },
    expected: { endsAt: at(1805), basis: 'seen', renewable: true },
  },
  {
    name: 'not if another tap may have an unknown route',
    situation: { taps: [buildTap(7, sent(0)), buildTap(8, { vm })] },
    expected: null,
  },
  { name: 'not if nothing was sent', situation: { taps: [buildTap(7, { routerAdvertsOut: 0 })] }, expected: null },
  {
    name: 'not if the route is missing',
    situation: { checks: [buildCheck(10, { defaultRoute: 'absent', gateway: null })] },
    expected: null,
  },
  {
    name: 'not if the route leads elsewhere',
    situation: { checks: [buildCheck(10, { gateway: 'fe80::9', expiresInSeconds: null })] },
    expected: null,
  },
  {
    name: 'not if the gateway is no link-local address',
    situation: {
      checks: [buildCheck(10, { gateway: '2001:db8::1', expiresInSeconds: null })],
      taps: [buildTap(7, sent(0, 1800, '2001:db8::1'))],
    },
    expected: null,
  },
  {
    name: 'not if the route was seen after its end',
    seconds: 90,
    situation: { checks: [probe(80)], taps: [buildTap(7, sent(0, 60))] },
    expected: null,
  },
  {
    name: 'to a past end if no check has looked since',
    seconds: 90,
    situation: { taps: [buildTap(7, sent(0, 60))] },
    expected: { endsAt: at(60), basis: 'seen', renewable: true },
  },
])('counts down $name', ({ seconds = 20, situation, expected }) => {
  expect(countDownAt(seconds, situation)).toEqual(expected)
})

test('an end that drifts by a second with each check changes nothing', () => {
  const report = (seconds: number, left: number) =>
    buildReport(seconds, { routeChecks: [buildCheck(seconds, { expiresInSeconds: left })] })
  const first = judgeAll([report(10, 1790)]).state
  const next = judgeAll([report(25, 1776)], first).state
  expect(next.vms[0]?.route.countdown).toBe(first.vms[0]?.route.countdown)
})
