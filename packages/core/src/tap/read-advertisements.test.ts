import type { SeenAdvertisement, TapReport } from '@slashzero/contract/report'
import { describe, expect, test } from 'vitest'
import { at, buildNamespace, buildReport, buildTap, instant } from '@slashzero/contract/testing'
import type { TapState } from '../state.ts'
import { judgeAll, only } from '../testing/judge-all.ts'
import { routeEnd } from './read-advertisements.ts'

function buildAdvertisement(seconds: number, changed: Partial<SeenAdvertisement> = {}): SeenAdvertisement {
  return {
    source: 'fe80::1',
    linkAddress: '02:00:00:00:00:01',
    direction: 'sent',
    seenAt: instant(seconds),
    routerLifetimeSeconds: 1800,
    sincePreviousSeconds: null,
    prefixes: [],
    ...changed,
  }
}

type Step = readonly [seconds: number, tap: Partial<TapReport>]

/** The tap after reports, each with what it saw. */
function follow(steps: readonly Step[], changed: Parameters<typeof buildNamespace>[0] = {}): TapState {
  const reports = steps.map(([seconds, tap]) =>
    buildReport(seconds, { namespaces: [buildNamespace({ taps: [buildTap(7, tap)], ...changed })] }),
  )
  return only(judgeAll(reports).state.taps)
}

const see = (...advertisements: SeenAdvertisement[]): Partial<TapReport> => ({ advertisements })
const FAREWELL = { routerLifetimeSeconds: 0 }
const GUEST = { source: 'fe80::bad', linkAddress: '52:54:00:00:00:bd', direction: 'received' } as const
const OTHER = { source: 'fe80::2', linkAddress: null } as const

describe('the verdict on a tap says', () => {
  const farewell =
    'radvd has joined here; the last Router Advertisement here, from fe80::1 at 2026-01-01 10:00:00 UTC, had router lifetime 0, which ends the default route: the sender stopped, or is configured so'
  test.each([
    { name: 'nothing of a router that advertises', seen: [buildAdvertisement(0)], expected: 'radvd has joined here' },
    { name: 'nothing if nobody listens', seen: undefined, expected: 'radvd has joined here' },
    { name: 'that the last one had lifetime 0', seen: [buildAdvertisement(0, FAREWELL)], expected: farewell },
    {
      name: 'nothing of a farewell while another router is there',
      seen: [buildAdvertisement(0, FAREWELL), buildAdvertisement(0, OTHER)],
      expected: 'radvd has joined here',
    },
    {
      name: 'that they come too seldom',
      seen: [buildAdvertisement(0, { sincePreviousSeconds: 600.2, routerLifetimeSeconds: 600 })],
      expected:
        'radvd has joined here; Router Advertisements from fe80::1 came 600 s apart, but a default route lasts only 600 s and ends in between',
    },
    {
      name: 'nothing if they come in time',
      seen: [buildAdvertisement(0, { sincePreviousSeconds: 600, routerLifetimeSeconds: 600 })],
      expected: 'radvd has joined here',
    },
    {
      name: 'that the VM is a router',
      seen: [buildAdvertisement(0), buildAdvertisement(0, GUEST)],
      expected:
        'radvd has joined here; the VM sends Router Advertisements itself, as fe80::bad (52:54:00:00:00:bd), router lifetime 1,800 s',
    },
    {
      name: 'that there are two routers',
      seen: [buildAdvertisement(0), buildAdvertisement(0, OTHER)],
      expected: 'radvd has joined here; 2 routers advertise here: fe80::1 (02:00:00:00:00:01) and fe80::2',
    },
  ])('$name', ({ seen, expected }) => {
    expect(follow([[10, { advertisements: seen }]]).statusReason).toBe(expected)
  })

  test.each([
    { name: 'a farewell', one: FAREWELL, until: 1800 },
    { name: 'an advertisement of the VM', one: { ...GUEST, routerLifetimeSeconds: 9000 }, until: 9000 },
  ])('$name until nobody can suffer from it any more', ({ one, until }) => {
    const reasonAt = (seconds: number) => follow([[seconds, see(buildAdvertisement(0, one))]]).statusReason
    expect(reasonAt(until - 1)).not.toBe('radvd has joined here')
    expect(reasonAt(until)).toBe('radvd has joined here')
  })

  test('a farewell is the cause of a missing route, even without a sender', () => {
    const tap = follow([[10, { ...see(buildAdvertisement(0, FAREWELL)), allRoutersUsers: 1 }]], { senders: [] })
    expect(tap).toMatchObject({
      status: 'no-sender',
      statusReason: expect.stringContaining('fe80::1 at 2026-01-01 10:00:00 UTC, had router lifetime 0'),
    })
    expect(tap.memory.harmful).toMatch(/^the last Router Advertisement here/)
  })
})

describe('a route ends at the latest', () => {
  test.each<{ name: string; steps: Step[]; expected: unknown }>([
    {
      name: 'a lifetime after the last advertisement',
      steps: [[20, see(buildAdvertisement(5))]],
      expected: { endsAt: at(1805), basis: 'seen', routers: ['fe80::1'] },
    },
    {
      name: 'at once after a farewell',
      steps: [[20, see(buildAdvertisement(5, FAREWELL))]],
      expected: { endsAt: at(5), basis: 'seen', routers: ['fe80::1'] },
    },
    {
      name: 'with the last of several routers',
      steps: [[20, see(buildAdvertisement(15), buildAdvertisement(5, { ...OTHER, routerLifetimeSeconds: 9000 }))]],
      expected: { endsAt: at(9005), basis: 'seen', routers: ['fe80::1', 'fe80::2'] },
    },
    {
      name: 'a lifetime after an advertisement that was counted and not seen',
      steps: [
        [0, { ...see(buildAdvertisement(-5)), routerAdvertsOut: 3 }],
        [15, { ...see(buildAdvertisement(-5)), routerAdvertsOut: 4 }],
      ],
      expected: { endsAt: at(1815), basis: 'seen', routers: ['fe80::1'] },
    },
    {
      name: 'a lifetime after an advertisement that was counted and seen',
      steps: [
        [0, { ...see(buildAdvertisement(-5)), routerAdvertsOut: 3 }],
        [15, { ...see(buildAdvertisement(2)), routerAdvertsOut: 4 }],
      ],
      expected: { endsAt: at(1802), basis: 'seen', routers: ['fe80::1'] },
    },
    {
      name: 'with no route that a guest advertises',
      steps: [[20, { ...see(buildAdvertisement(5, GUEST)), routerAdvertsOut: 0 }]],
      expected: 'none',
    },
    {
      name: 'unknown if the counted advertisement was not seen',
      steps: [[20, { ...see(), routerAdvertsOut: 3 }]],
      expected: null,
    },
    {
      name: 'never with a route that does not end',
      steps: [[20, see(buildAdvertisement(5, { routerLifetimeSeconds: 0xffff_ffff }))]],
      expected: null,
    },
  ])('$name', ({ steps, expected }) => {
    expect(routeEnd(follow(steps))).toEqual(expected)
  })

  test('a configured lifetime after a counted advertisement if nobody listens', () => {
    const configured = {
      name: 'tap7',
      sendsAdverts: true,
      unicastOnly: false,
      minIntervalSeconds: 198,
      maxIntervalSeconds: 600,
      routerLifetimeSeconds: 900,
      prefixes: [],
    }
    const configuration = {
      path: '/etc/radvd.conf',
      readAt: instant(0),
      changedAt: instant(0),
      newerThanProcess: false,
      interfaces: [configured],
    }
    const sender = {
      daemon: 'radvd',
      version: '2.19',
      pid: 913,
      startedAt: null,
      executableDeleted: false,
      sockets: [],
      configuration,
    }
    const steps: Step[] = [
      [0, { listener: 'tap7', routerAdvertsOut: 3 }],
      [15, { listener: 'tap7', routerAdvertsOut: 4 }],
    ]
    expect(routeEnd(follow(steps, { senders: [sender] }))).toEqual({
      endsAt: at(915),
      basis: 'configured',
      routers: [],
    })
    const changed = { ...sender, configuration: { ...configuration, newerThanProcess: true } }
    expect(routeEnd(follow(steps, { senders: [changed] }))).toBeNull()
  })
})

test('an advertisement in several reports is one, although their clocks differ', () => {
  const report = (seconds: number, offset: number) =>
    buildReport(seconds, { namespaces: [buildNamespace({ taps: [buildTap(7, see(buildAdvertisement(offset)))] })] })
  const first = judgeAll([report(20, 5)]).state
  const again = judgeAll([report(35, 5.3)], first).state
  const renewed = judgeAll([report(50, 9)], again).state
  expect(again.taps[0]).toBe(first.taps[0])
  expect(renewed.taps[0]?.advertisements?.[0]?.seenAt).toBe(at(9))
})

test('a restarted collector does not erase a route that has not ended', () => {
  const steps = (seconds: number): Step[] => [
    [20, see(buildAdvertisement(5), buildAdvertisement(5, OTHER))],
    [35, see()],
    [seconds, see(buildAdvertisement(40))],
  ]
  const sources = (tap: TapState) => tap.advertisements?.map(({ source, seenAt }) => [source, seenAt])
  expect(sources(follow(steps(1804)))).toEqual([
    ['fe80::1', at(40)],
    ['fe80::2', at(5)],
  ])
  expect(sources(follow(steps(1805)))).toEqual([['fe80::1', at(40)]])
})
