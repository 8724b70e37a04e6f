import type { SenderConfiguration } from '@slashzero/contract/report'
import { expect, test } from 'vitest'
import { at, buildNamespace, buildReport, buildSender, buildTap, instant } from '@slashzero/contract/testing'
import { explainMissing } from '../route/explain-missing.ts'
import type { TapState } from '../state.ts'
import { judgeAll, only } from '../testing/judge-all.ts'
import { readConfiguration } from './read-configuration.ts'

const TAP7: SenderConfiguration['interfaces'][number] = {
  name: 'tap7',
  sendsAdverts: true,
  unicastOnly: false,
  minIntervalSeconds: 198,
  maxIntervalSeconds: 600,
  routerLifetimeSeconds: 1800,
  prefixes: [],
}

function configure(changed: Partial<typeof TAP7> = {}, newerThanProcess: boolean | null = false): SenderConfiguration {
  return {
    path: '/etc/radvd.conf',
    readAt: instant(0),
    changedAt: instant(-60),
    newerThanProcess,
    interfaces: [{ ...TAP7, ...changed }],
  }
}

const NEWER = '/etc/radvd.conf was changed at 2026-01-01 09:59:00 UTC, after the sender started, and may not be loaded'

test.each([
  { name: 'all well', input: configure(), expected: [null, null] },
  { name: 'start not known', input: configure({}, null), expected: [null, null] },
  { name: 'not in it', input: configure({ name: 'tap70' }), expected: ['tap7 is not in /etc/radvd.conf', null] },
  {
    name: 'not in a newer file',
    input: configure({ name: 'tap8' }, true),
    expected: [`tap7 is not in /etc/radvd.conf; ${NEWER}`, null],
  },
  { name: 'a newer file', input: configure({}, true), expected: [NEWER, null] },
  {
    name: 'sends nothing',
    input: configure({ sendsAdverts: false }),
    expected: [null, '/etc/radvd.conf: AdvSendAdvert is off on tap7'],
  },
  {
    name: 'lifetime 0',
    input: configure({ routerLifetimeSeconds: 0 }),
    expected: [null, '/etc/radvd.conf: the router lifetime on tap7 is 0, so VMs get no default route'],
  },
  {
    name: 'lifetime 0 in a newer file',
    input: configure({ routerLifetimeSeconds: 0 }, true),
    expected: [NEWER, `/etc/radvd.conf: the router lifetime on tap7 is 0, so VMs get no default route; ${NEWER}`],
  },
  {
    name: 'lifetime as long as the interval',
    input: configure({ routerLifetimeSeconds: 600 }),
    expected: [null, expect.stringContaining('600 s, does not exceed MaxRtrAdvInterval')],
  },
  { name: 'lifetime just longer', input: configure({ routerLifetimeSeconds: 601 }), expected: [null, null] },
  {
    name: 'lifetime below the interval, which radvd refuses',
    input: configure({ routerLifetimeSeconds: 599 }),
    expected: Array.from(
      { length: 2 },
      () => '/etc/radvd.conf: the router lifetime on tap7, 599 s, is below MaxRtrAdvInterval, 600 s',
    ),
  },
  {
    name: 'nothing is sent unasked',
    input: configure({ unicastOnly: true }),
    expected: [null, expect.stringContaining('a default route ends 1800 s after the VM last solicited')],
  },
  {
    name: 'a setting that radvd refuses',
    input: configure({ refusals: [{ option: 'MinRtrAdvInterval', value: 500, min: 3, max: 450 }] }),
    expected: Array.from(
      { length: 2 },
      () => '/etc/radvd.conf: radvd refuses tap7: MinRtrAdvInterval is 500, not within 3 to 450',
    ),
  },
  {
    name: 'a setting that radvd may refuse',
    input: configure({
      routerLifetimeSeconds: 18_000,
      refusals: [{ option: 'AdvDefaultLifetime', value: 18_000, min: 600, max: 9000, before: '2.21' }],
    }),
    expected: [
      '/etc/radvd.conf: radvd refuses tap7: AdvDefaultLifetime is 18000, not within 600 to 9000 as radvd before 2.21 demands',
      null,
    ],
  },
  {
    name: 'a route option that makes the default route',
    input: configure({ routerLifetimeSeconds: 0, defaultRouteSeconds: 1800 }),
    expected: [null, null],
  },
  {
    name: 'an endless route option',
    input: configure({ routerLifetimeSeconds: 0, defaultRouteSeconds: null }),
    expected: [null, null],
  },
  {
    name: 'a route option that ends the default route',
    input: configure({ defaultRouteSeconds: 0 }),
    expected: [null, '/etc/radvd.conf: the route ::/0 on tap7 has lifetime 0, which ends the default route of VMs'],
  },
  {
    name: 'a route option that ends before its renewal',
    input: configure({ defaultRouteSeconds: 300 }),
    expected: [null, expect.stringContaining('lifetime of the route ::/0 on tap7, 300 s, does not exceed')],
  },
  {
    name: 'a list of clients',
    input: configure({ clients: 1 }),
    expected: [
      null,
      '/etc/radvd.conf: radvd advertises on tap7 only to the 1 address in clients; other VMs get no default route',
    ],
  },
])('$name', ({ input, expected }) => {
  const { unjoined, harmful } = readConfiguration(input)('tap7')
  expect([unjoined, harmful]).toEqual(expected)
})

test.each([
  { name: 'not served', input: configure({ name: 'tap70' }), expected: ['/etc/radvd.conf does not serve tap7', null] },
  {
    name: 'nothing to send',
    input: configure({ sendsAdverts: false }),
    expected: [null, '/etc/radvd.conf: no Router Advertisement is configured for tap7'],
  },
])('of dnsmasq: $name', ({ input, expected }) => {
  const { unjoined, harmful } = readConfiguration(input, 'dnsmasq')('tap7')
  expect([unjoined, harmful]).toEqual(expected)
})

test.each([null, undefined])(
  'nothing is said of a tap whose listener is %s, nor without a configuration',
  (listener) => {
    expect(readConfiguration(configure({ name: 'tap8' }))(listener)).toEqual({
      unjoined: null,
      harmful: null,
      lifetime: null,
    })
    expect(readConfiguration(listener)('tap7')).toEqual({ unjoined: null, harmful: null, lifetime: null })
  },
)

test.each([
  [{ routerLifetimeSeconds: 1800 }, 1800],
  [{ routerLifetimeSeconds: 1800, defaultRouteSeconds: 600 }, 600],
  [{ routerLifetimeSeconds: 1800, defaultRouteSeconds: null }, null],
])('%j makes default routes of %s s', (changed, lifetime) => {
  expect(readConfiguration(configure(changed))('tap7').lifetime).toBe(lifetime)
})

type Situation = { configuration: SenderConfiguration; joined?: boolean; listener?: string | null; senders?: number }

function judge({ configuration, joined = true, listener = 'tap7', senders = 1 }: Situation): TapState {
  const sender = buildSender({ configuration })
  const tap = buildTap(7, { listener, allRoutersUsers: joined ? 2 : 1 })
  const namespace = buildNamespace({ senders: Array.from({ length: senders }, () => sender), taps: [tap] })
  return only(judgeAll([buildReport(0, { namespaces: [namespace] })]).state.taps)
}

test('the configuration explains a tap that is not joined', () => {
  const tap = judge({ configuration: configure({ name: 'tap8' }), joined: false })
  expect([tap.status, tap.statusReason]).toEqual([
    'not-joined',
    'radvd runs but has not joined ff02::2 here; tap7 is not in /etc/radvd.conf',
  ])
})

test('a tap of a bridge is found under its bridge', () => {
  expect(
    judge({ configuration: configure({ name: 'br0' }), joined: false, listener: 'br0' }).statusReason,
  ).not.toContain('radvd.conf')
  expect(judge({ configuration: configure(), joined: false, listener: 'br0' }).statusReason).toContain(
    'br0 is not in /etc/radvd.conf',
  )
})

test('with two senders the configuration explains nothing', () => {
  expect(judge({ configuration: configure({ name: 'tap8' }), joined: false, senders: 2 }).statusReason).not.toContain(
    'radvd.conf',
  )
})

test('a harmful setting shows on a served tap and explains missing routes', () => {
  const tap = judge({ configuration: configure({ routerLifetimeSeconds: 0 }) })
  expect([tap.status, tap.statusReason]).toEqual([
    'served',
    expect.stringContaining('radvd has joined here; /etc/radvd.conf: the router lifetime on tap7 is 0'),
  ])
  const loss = { route: { status: 'missing', since: at(0) }, check: null, present: null, sockets: new Map() } as const
  expect(explainMissing({ ...loss, taps: [tap] })).toBe(
    '/etc/radvd.conf: the router lifetime on tap7 is 0, so VMs get no default route',
  )
  expect(explainMissing({ ...loss, taps: [judge({ configuration: configure() })] })).toBeNull()
})

test('a harmful setting ends with its configuration; an equal tap is the same', () => {
  const report = (seconds: number, changed: Partial<typeof TAP7>) => {
    const senders = [buildSender({ configuration: configure(changed) })]
    return buildReport(seconds, {
      namespaces: [buildNamespace({ senders, taps: [buildTap(7, { listener: 'tap7' })] })],
    })
  }
  const [first, second, third] = [report(0, { unicastOnly: true }), report(15, { unicastOnly: true }), report(30, {})]
  const before = judgeAll([first]).state
  const same = judgeAll([second], before).state
  expect(only(same.taps)).toBe(only(before.taps))
  expect(only(judgeAll([third], same).state.taps)).toMatchObject({
    statusReason: 'radvd has joined here',
    memory: { harmful: null },
  })
})
