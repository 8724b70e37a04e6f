import type { NamespaceReport, Report, TapReport } from '@slashzero/contract/report'
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
} from '@slashzero/contract/testing'
import type { HypervisorState } from '../state.ts'
import { judgeAll, only } from '../testing/judge-all.ts'

const lost = { defaultRoute: 'absent', gateway: null, expiresInSeconds: null } as const
const usable = { address: 'fe80::1', state: 'usable' } as const

type Step = { at: number; tap?: Partial<TapReport>; namespace?: Partial<NamespaceReport>; gateway?: string | null }

/** `gateway`: the guest's; the guest has no route if it is null, and is not asked if it is missing. */
function toReport({ at: seconds, tap = {}, namespace = {}, gateway }: Step): Report {
  const check = gateway === null ? lost : { gateway, expiresInSeconds: null }
  return buildReport(seconds, {
    namespaces: [buildNamespace({ taps: [buildTap(7, { listener: 'tap7', ...tap })], ...namespace })],
    routeChecks: gateway === undefined ? [] : [buildCheck(seconds, { ...check, gateway })],
  })
}

function judge(...steps: readonly Step[]): HypervisorState {
  return judgeAll(steps.map(toReport)).state
}

const verdictOf = (state: HypervisorState) => [only(state.taps).status, only(state.taps).statusReason]
const causeOf = (state: HypervisorState) => only(state.vms).route.cause

describe('what keeps a sender from a tap', () => {
  test.each<{ name: string; tap: Partial<TapReport>; expected: string }>([
    {
      name: 'IPv6 is off',
      tap: { ipv6Disabled: true, linkLocals: [] },
      expected: 'IPv6 is off on tap7 (disable_ipv6)',
    },
    {
      name: 'no link-local address',
      tap: { linkLocals: [] },
      expected: 'tap7 has no link-local address to advertise from',
    },
    {
      name: 'a duplicate address',
      tap: { linkLocals: [{ address: 'fe80::1', state: 'duplicate' }] },
      expected: 'another machine uses the address fe80::1 of tap7 (duplicate address detection failed)',
    },
    {
      name: 'no address on the bridge',
      tap: { listener: 'br0', linkLocals: [] },
      expected: 'br0 has no link-local address to advertise from',
    },
  ])('$name', ({ tap, expected }) => {
    const unjoined = judge({ at: 0, tap: { ...tap, allRoutersUsers: 1 }, gateway: null })
    expect(verdictOf(unjoined)).toEqual(['not-joined', `radvd runs but has not joined ff02::2 here; ${expected}`])
    expect(causeOf(unjoined)).toContain(expected)
    const joined = judge({ at: 0, tap, gateway: null })
    expect(verdictOf(joined)).toEqual(['unknown', `radvd has joined here, but ${expected}`])
    expect(causeOf(joined)).toBe(expected)
  })

  test.each<{ name: string; tap: Partial<TapReport> }>([
    {
      name: 'one usable address beside a duplicate',
      tap: { linkLocals: [{ address: 'fe80::2', state: 'duplicate' }, usable] },
    },
    { name: 'a tentative address', tap: { linkLocals: [{ address: 'fe80::1', state: 'tentative' }] } },
    { name: 'addresses that were not read', tap: {} },
  ])('not $name', ({ tap }) => {
    expect(verdictOf(judge({ at: 0, tap }))).toEqual(['served', 'radvd has joined here'])
  })

  test('the same addresses in the next report leave the tap unchanged', () => {
    const tap = () => ({ linkLocals: [{ ...usable }] })
    const first = judge({ at: 0, tap: tap() })
    expect(only(judgeAll([toReport({ at: 15, tap: tap() })], first).state.taps)).toBe(only(first.taps))
  })
})

describe('a tap without a daemon', () => {
  const none = { senders: [] }
  const alone = { allRoutersUsers: 1, routerAdvertsOut: 0, routerAdvertsIn: 0 }
  const seen = (seconds: number, source = 'fe80::9'): Partial<TapReport> => ({
    ...alone,
    advertisements: [buildAdvertisement({ source, seenAt: instant(seconds) })],
  })
  const served = ['served', 'A router elsewhere, fe80::9, advertises here']

  test('has a router elsewhere if its advertisement came after the first look', () => {
    const state = judge(
      { at: 0, tap: alone, namespace: none, gateway: 'fe80::9' },
      { at: 600, tap: seen(590), namespace: none, gateway: null },
      { at: 615, tap: seen(590), namespace: none, gateway: null },
    )
    expect(verdictOf(state)).toEqual(served)
    expect(causeOf(state)).toMatch(/^The guest does not use the Router Advertisements that reach it/)
    expect(state.status).toBe('healthy')
  })

  test.each<{ name: string; step: Step; expected: unknown }>([
    {
      name: 'the advertisement is not from an address of the host',
      step: { at: 0, tap: { ...seen(0), linkLocals: [usable] } },
      expected: served,
    },
    {
      name: 'the VM has a gateway that is not an address of the host',
      step: { at: 0, tap: { ...alone, linkLocals: [usable] }, gateway: 'fe80::9' },
      expected: ['unknown', "The VM's gateway, fe80::9, is not this host, which runs no sender here"],
    },
    {
      name: 'the VM has a gateway, and the host never advertised',
      step: { at: 0, tap: alone, gateway: 'fe80::9' },
      expected: ['unknown', expect.stringContaining('fe80::9')],
    },
  ])('has a router elsewhere if $name', ({ step, expected }) => {
    expect(verdictOf(judge({ ...step, namespace: none }))).toEqual(expected)
  })

  const missing = ['no-sender', expect.stringMatching(/^No Router Advertisement daemon runs in this namespace/)]
  test.each<{ name: string; steps: Step[] }>([
    {
      name: 'the advertisement is from an address of the host',
      steps: [{ at: 15, tap: { ...seen(10, 'fe80::1'), linkLocals: [usable] } }],
    },
    { name: 'the advertisement is from before the first look', steps: [{ at: 0, tap: seen(-10) }] },
    {
      name: 'the route of the advertisement has ended',
      steps: [
        { at: 0, tap: alone },
        { at: 3000, tap: seen(600) },
      ],
    },
    {
      name: 'the gateway is the host',
      steps: [{ at: 0, tap: { ...alone, linkLocals: [usable] }, gateway: 'fe80::1' }],
    },
    {
      name: 'the host advertised, and its addresses are not known',
      steps: [{ at: 0, tap: { allRoutersUsers: 1 }, gateway: 'fe80::1' }],
    },
    {
      name: 'the tap is on a bridge whose counters were not read',
      steps: [{ at: 0, tap: { ...alone, listener: 'br0' }, gateway: 'fe80::1' }],
    },
  ])('has no sender if $name', ({ steps }) => {
    expect(verdictOf(judge(...steps.map((step) => ({ ...step, namespace: none }))))).toEqual(missing)
  })

  test('a stopped sender is named, and its hypervisor is not healthy', () => {
    const gone = { tap: { allRoutersUsers: 1 }, namespace: none }
    const steps: Step[] = [
      { at: 0, gateway: 'fe80::1' },
      { at: 15, ...gone },
      { at: 30, ...gone, gateway: null },
    ]
    expect(judge(...steps.slice(0, 2)).status).toBe('healthy')
    const state = judge(...steps)
    expect(state).toMatchObject({
      status: 'no-sender',
      statusReason:
        'radvd 2.19, pid 913, has been gone since 2026-01-01 10:00:15 UTC: 1 tap without a sender, this host advertised on 1 before, 1 VM without ::/0',
    })
    expect(causeOf(state)).toBe(
      'No Router Advertisement daemon runs in this namespace; radvd 2.19, pid 913, has been gone since 2026-01-01 10:00:15 UTC',
    )
    const back = judgeAll([toReport({ at: 45 })], state).state
    expect(back).toMatchObject({ status: 'healthy', memory: { senderless: [] } })
  })

  test.each<{ name: string; step: Step; expected: string }>([
    {
      name: 'the host advertised on the tap before',
      step: { at: 0, tap: { allRoutersUsers: 1 } },
      expected: 'no-sender',
    },
    { name: 'its VM is dark', step: { at: 0, tap: alone, gateway: null }, expected: 'no-sender' },
    { name: 'nothing shows that one is needed', step: { at: 0, tap: alone }, expected: 'healthy' },
    { name: 'there is no VM', step: { at: 0, tap: { allRoutersUsers: 1, vm: null } }, expected: 'healthy' },
  ])('without a daemon since before the first look, if $name: $expected', ({ step, expected }) => {
    expect(judge({ ...step, namespace: none }).status).toBe(expected)
  })

  const elsewhere = 'fe80::aaaa'
  const here = { address: 'fe80::2', state: 'usable' } as const
  test('a VM that came with the gateway of its old host is dark when its route has run out', () => {
    const tap = { ...alone, linkLocals: [here], routerSolicitsIn: 0 }
    const steps: Step[] = [
      { at: 60, tap, namespace: none, gateway: elsewhere },
      { at: 720, tap, namespace: none, gateway: null },
      { at: 900, tap, namespace: none, gateway: null },
    ]
    expect(verdictOf(judge(...steps.slice(0, 1)))[0]).toBe('unknown')
    for (const reports of [steps.slice(0, 2), steps]) {
      const state = judge(...reports)
      expect(verdictOf(state)[0]).toBe('no-sender')
      expect(state).toMatchObject({ status: 'no-sender', statusReason: expect.stringContaining('1 VM without ::/0') })
      expect(causeOf(state)).toBe('No Router Advertisement daemon runs in this namespace')
    }
  })

  test('a gateway whose route has run out since the last check shows no router elsewhere', () => {
    const tap = { ...alone, linkLocals: [here] }
    const first = toReport({ at: 60, tap, namespace: none })
    const check = buildCheck(60, { gateway: elsewhere, expiresInSeconds: 600 })
    const later = (seconds: number) => toReport({ at: seconds, tap, namespace: none })
    const statusAfter = (seconds: number) =>
      verdictOf(judgeAll([{ ...first, routeChecks: [check] }, later(seconds)]).state)[0]
    expect([statusAfter(600), statusAfter(700)]).toEqual(['unknown', 'no-sender'])
  })

  test.each<{ name: string; sent: number | null }>([
    { name: 'with 5 advertisements out', sent: 5 },
    { name: 'whose advertisements could not be counted', sent: null },
  ])('a sender that stopped, $name, outweighs another gateway of the VM', ({ sent }) => {
    const tap = { linkLocals: [here], routerAdvertsOut: sent, routerAdvertsIn: sent }
    const gone = { tap: { ...tap, allRoutersUsers: 1 }, namespace: none }
    const steps: Step[] = [
      { at: 0, tap, gateway: elsewhere },
      { at: 60, ...gone, gateway: elsewhere },
      { at: 120, ...gone, gateway: elsewhere },
      { at: 900, ...gone, gateway: null },
    ]
    for (const reports of [steps.slice(0, 3), steps]) {
      const state = judge(...reports)
      expect(verdictOf(state)[0]).toBe('no-sender')
      expect(state.status).toBe('no-sender')
    }
    expect(causeOf(judge(...steps))).toMatch(/gone since 2026-01-01 10:01:00 UTC$/)
  })

  test('a sender gone from one namespace is worse than a leak in another', () => {
    const leaking = buildNamespace({ id: 2, senders: [buildSender({ sockets: [buildSocket({ optmemBytes: 1120 })] })] })
    const report = toReport({ at: 0, tap: { allRoutersUsers: 1 }, namespace: none })
    const { state } = judgeAll([{ ...report, namespaces: [...report.namespaces, leaking] }])
    expect(state.status).toBe('no-sender')
  })

  test('routes that a stopped sender gave cannot be renewed', () => {
    const tap = { ...seen(10, 'fe80::1'), routerAdvertsOut: 4, linkLocals: [usable] }
    const state = judge({ at: 0 }, { at: 15, tap: { ...tap, allRoutersUsers: 2 } }, { at: 30, tap, namespace: none })
    expect(only(state.vms).route.countdown).toMatchObject({ endsAt: at(1810), renewable: false })
  })
})

describe('two senders on one tap', () => {
  const configure = (routerLifetimeSeconds: number) => ({
    path: '/etc/radvd.conf',
    readAt: instant(0),
    changedAt: instant(-60),
    newerThanProcess: false,
    interfaces: [
      {
        name: 'tap7',
        sendsAdverts: true,
        unicastOnly: false,
        minIntervalSeconds: 7,
        maxIntervalSeconds: 20,
        routerLifetimeSeconds,
        prefixes: [],
      },
    ],
  })
  const senders = (...lifetimes: [number, number]) => [
    buildSender({ configuration: configure(lifetimes[0]) }),
    buildSender({ pid: 914, sockets: [buildSocket({ inode: 2 })], configuration: configure(lifetimes[1]) }),
  ]
  const judgeRivals = (...lifetimes: [number, number]) =>
    judge({ at: 0, tap: { allRoutersUsers: 3 }, namespace: { senders: senders(...lifetimes) }, gateway: null })

  test('are named with their lifetimes', () => {
    expect(verdictOf(judgeRivals(60, 1800))[1]).toContain(
      '2 senders share this link (router lifetimes 60 s and 1,800 s), and VMs obey the last advertisement',
    )
    expect(causeOf(judgeRivals(60, 1800))).toBeNull()
  })

  test('explain a missing route if one of them ends it', () => {
    expect(causeOf(judgeRivals(60, 0))).toBe(
      '2 senders share this link (router lifetimes 60 s and 0 s), and each advertisement with lifetime 0 ends the default route',
    )
  })

  test('are told although only one was seen', () => {
    expect(verdictOf(judge({ at: 0, tap: { allRoutersUsers: 3 } }))).toEqual([
      'served',
      'radvd has joined here; 2 programs have joined ff02::2 here, but only radvd was seen',
    ])
  })
})

describe('advertisements that the counters show', () => {
  test.each<{ name: string; tap: Partial<TapReport>; expected: string | null }>([
    {
      name: 'from the VM',
      tap: { routerAdvertsIn: 33, routerAdvertsOut: 28 },
      expected: 'the VM sends Router Advertisements itself: 33 came in on tap7, and this host sent 28',
    },
    { name: 'all from the host', tap: { routerAdvertsIn: 28, routerAdvertsOut: 28 }, expected: null },
    {
      name: 'from a router beyond the bridge',
      tap: { routerAdvertsIn: 33, routerAdvertsOut: 28, listener: 'br0' },
      expected: null,
    },
    { name: 'not counted', tap: { routerAdvertsIn: null, routerAdvertsOut: 28 }, expected: null },
  ])('$name', ({ tap, expected }) => {
    const words = expected === null ? 'radvd has joined here' : `radvd has joined here; ${expected}`
    expect(verdictOf(judge({ at: 0, tap }))).toEqual(['served', words])
  })

  const dropped =
    "5 Router Advertisements went out on tap7, and none came back in as a sender's own multicast does: a packet filter on this host may drop them"
  const silent = { routerAdvertsOut: 5, routerAdvertsIn: 0 }
  const dnsmasq = [buildSender({ daemon: 'dnsmasq' })]
  test.each<{ name: string; steps: Step[]; expected: string | null }>([
    { name: 'dropped on the host', steps: [{ at: 0, tap: silent, gateway: null }], expected: dropped },
    {
      name: 'dropped since the host got a filter',
      steps: [
        { at: 0, tap: { routerAdvertsOut: 5, routerAdvertsIn: 5 }, gateway: 'fe80::1' },
        { at: 900, tap: { routerAdvertsOut: 10, routerAdvertsIn: 5 }, gateway: null },
      ],
      expected: dropped,
    },
    {
      name: 'heard again',
      steps: [
        { at: 0, tap: silent, gateway: null },
        { at: 900, tap: { routerAdvertsOut: 6, routerAdvertsIn: 1 }, gateway: null },
      ],
      expected: null,
    },
    {
      name: 'that answered the VM alone',
      steps: [{ at: 0, tap: { ...silent, routerSolicitsIn: 4 }, gateway: null }],
      expected: null,
    },
    {
      name: 'of another daemon',
      steps: [{ at: 0, tap: silent, namespace: { senders: dnsmasq }, gateway: null }],
      expected: null,
    },
    { name: 'of a VM that has its route', steps: [{ at: 0, tap: silent, gateway: 'fe80::1' }], expected: null },
    {
      name: 'that were seen on the tap',
      steps: [{ at: 60, tap: { ...silent, advertisements: [buildAdvertisement()] }, gateway: null }],
      expected: expect.stringContaining('The guest does not use'),
    },
  ])('$name', ({ steps, expected }) => {
    expect(causeOf(judge(...steps))).toEqual(expected)
  })

  test.each<{ name: string; step: Step; expected: string | null }>([
    { name: 'although the VM has its route', step: { at: 0, tap: silent, gateway: 'fe80::1' }, expected: dropped },
    { name: 'although no guest is asked', step: { at: 0, tap: silent }, expected: dropped },
    {
      name: 'with the name of the bridge that counts',
      step: { at: 0, tap: { ...silent, listener: 'br0', countedOn: 'br0' } },
      expected: dropped.replace('tap7', 'br0'),
    },
    { name: 'but not of dnsmasq', step: { at: 0, tap: silent, namespace: { senders: dnsmasq } }, expected: null },
    { name: 'but not of answers', step: { at: 0, tap: { ...silent, routerSolicitsIn: 4 } }, expected: null },
  ])('are told at the tap if all are lost, $name', ({ step, expected }) => {
    const daemon = step.namespace ? 'dnsmasq' : 'radvd'
    const words = `${daemon} has joined here${expected === null ? '' : `; ${expected}`}`
    expect(verdictOf(judge(step))).toEqual(['served', words])
  })
})

test('a router elsewhere serves a tap beside an unjoined sender that is not full', () => {
  const tap = {
    allRoutersUsers: 1,
    linkLocals: [usable],
    advertisements: [buildAdvertisement({ source: 'fe80::9' })],
  }
  const full = [buildSender({ sockets: [buildSocket({ optmemBytes: 20_440 })] })]
  expect(verdictOf(judge({ at: 0, tap }))).toEqual([
    'served',
    'A router elsewhere, fe80::9, advertises here; radvd runs but has not joined ff02::2 here',
  ])
  expect(verdictOf(judge({ at: 0, tap, namespace: { senders: full } }))[0]).toBe('not-joined')
})

test('solicitations that a router elsewhere has answered are not unanswered', () => {
  const solicited = { routerSolicitsIn: 3, linkLocals: [usable] }
  const answered = { ...solicited, advertisements: [buildAdvertisement({ source: 'fe80::9', seenAt: instant(20) })] }
  const steps = [{ at: 0 }, { at: 15, tap: solicited }]
  expect(only(judge(...steps, { at: 30, tap: solicited }).taps).status).toBe('unanswered-solicitations')
  expect(only(judge(...steps, { at: 30, tap: answered }).taps)).toMatchObject({ status: 'served', statusSince: at(0) })
})
