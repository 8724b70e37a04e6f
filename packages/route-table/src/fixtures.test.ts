import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  readGetNetRoute,
  readIpRoute,
  readIpRouteJson,
  readIpRule,
  readNetstat,
  readNetworkGetRoute,
  readProcIpv6Route,
  readRouteInet6,
  readRoutePrint,
} from './index.ts'
import type { DefaultRoute } from './index.ts'

type Case = { file: string; expected: Partial<DefaultRoute> }

const ROUTER = 'fe80::ff:fe00:1'
const WINDOWS_ROUTER = 'fe80::fc42:c6ff:fe7e:6388'
const absent = { state: 'absent', gateway: null, expiresInSeconds: null } as const
const expired = { state: 'expired', gateway: ROUTER, interfaceName: 'eth0' } as const

const cases: { reader: string; read: (text: string) => DefaultRoute; files: Case[] }[] = [
  {
    reader: 'readIpRoute',
    read: readIpRoute,
    files: [
      { file: 'linux/healthy/ip-6-route.txt', expected: advertised(1799) },
      { file: 'linux/healthy/ip-6-route-show-table-all.txt', expected: advertised(1799) },
      { file: 'linux/healthy/busybox-ip-6-route.txt', expected: { ...advertised(null), origin: null } },
      { file: 'linux/farewell/ip-6-route.txt', expected: absent },
      { file: 'linux/farewell/ip-6-route-show-table-all.txt', expected: absent },
      { file: 'linux/farewell/busybox-ip-6-route.txt', expected: absent },
      { file: 'linux/farewell/ip-6-route-show-default-table-all.txt', expected: { state: 'unknown' } },
      { file: 'linux/expired/ip-6-route.txt', expected: { ...expired, origin: 'ra', expiresInSeconds: -5 } },
      { file: 'linux/expired/busybox-ip-6-route.txt', expected: { ...expired, expiresInSeconds: null } },
      {
        file: 'linux/unreachable/ip-6-route.txt',
        expected: { ...absent, reason: 'the default route is of type unreachable' },
      },
      { file: 'linux/unreachable/busybox-ip-6-route.txt', expected: absent },
      {
        file: 'linux/blackhole/ip-6-route.txt',
        expected: { ...absent, reason: 'the default route is of type blackhole' },
      },
      {
        file: 'linux/unreached-table/ip-6-route-show-default-table-all.txt',
        expected: { state: 'unknown', reason: expect.stringContaining('no routing table') },
      },
      {
        file: 'linux/shadowed/ip-6-route.txt',
        expected: { ...absent, reason: 'the default route is of type unreachable' },
      },
      {
        file: 'linux/multipath/ip-6-route.txt',
        expected: { state: 'present', gateway: ROUTER, interfaceName: 'eth0', origin: 'static' },
      },
      {
        file: 'linux/multipath/ip-6-route-show-default-table-all.txt',
        expected: { state: 'present', gateway: 'fe80::1', interfaceName: 'eth0', origin: 'ra' },
      },
      {
        file: 'linux/multipath/busybox-ip-6-route.txt',
        expected: { state: 'present', gateway: null, interfaceName: null },
      },
      {
        file: 'linux/prohibit/busybox-ip-6-route.txt',
        expected: { ...absent, reason: 'the default route is of type prohibit' },
      },
      {
        file: 'linux/on-link/ip-6-route.txt',
        expected: { state: 'present', gateway: null, interfaceName: 'eth0', origin: 'static' },
      },
      { file: 'linux/source-specific/ip-6-route.txt', expected: { state: 'present', gateway: ROUTER } },
      { file: 'linux/link-down/ip-6-route.txt', expected: { state: 'present', gateway: ROUTER } },
      { file: 'linux/ipv6-disabled/ip-6-route.txt', expected: { state: 'unknown' } },
    ],
  },
  {
    reader: 'readIpRouteJson',
    read: readIpRouteJson,
    files: [
      { file: 'linux/healthy/ip-6-j-route.json', expected: advertised(1799) },
      { file: 'linux/farewell/ip-6-j-route.json', expected: absent },
      { file: 'linux/expired/ip-6-j-route.json', expected: { ...expired, origin: 'ra', expiresInSeconds: -5 } },
      {
        file: 'linux/unreachable/ip-6-j-route.json',
        expected: { ...absent, reason: 'the default route is of type unreachable' },
      },
      {
        file: 'linux/unreached-table/ip-6-j-route-show-table-all.json',
        expected: { ...absent, reason: 'the default route is in table 100, which no rule reaches' },
      },
      {
        file: 'linux/shadowed/ip-6-j-route.json',
        expected: { ...absent, reason: 'the default route is of type unreachable' },
      },
      { file: 'linux/multipath/ip-6-j-route.json', expected: { state: 'present', gateway: ROUTER, origin: 'static' } },
      { file: 'linux/on-link/ip-6-j-route.json', expected: { state: 'present', gateway: null, interfaceName: 'eth0' } },
    ],
  },
  {
    reader: 'readProcIpv6Route',
    read: readProcIpv6Route,
    files: [
      {
        file: 'linux/healthy/proc-net-ipv6_route',
        expected: { ...advertised(null), reason: expect.stringContaining('has expired') },
      },
      { file: 'linux/farewell/proc-net-ipv6_route', expected: absent },
      // The source does not show it; the reason says so.
      {
        file: 'linux/expired/proc-net-ipv6_route',
        expected: { ...advertised(null), reason: expect.stringContaining('has expired') },
      },
      {
        file: 'linux/unreached-table/proc-net-ipv6_route',
        expected: { state: 'present', reason: expect.stringContaining('reaches its table') },
      },
      { file: 'linux/unreachable/proc-net-ipv6_route', expected: absent },
      { file: 'linux/shadowed/proc-net-ipv6_route', expected: absent },
      { file: 'linux/source-specific/proc-net-ipv6_route', expected: { state: 'present', gateway: ROUTER } },
      { file: 'linux/ipv6-disabled/proc-net-ipv6_route', expected: absent },
    ],
  },
  {
    reader: 'readRouteInet6',
    read: readRouteInet6,
    files: [
      { file: 'linux/healthy/busybox-route-A-inet6.txt', expected: advertised(null) },
      { file: 'linux/healthy/net-tools-route-n-A-inet6.txt', expected: advertised(null) },
      { file: 'linux/farewell/busybox-route-A-inet6.txt', expected: absent },
      { file: 'linux/farewell/net-tools-route-n-A-inet6.txt', expected: absent },
      { file: 'linux/unreachable/net-tools-route-n-A-inet6.txt', expected: absent },
    ],
  },
  {
    reader: 'readRoutePrint',
    read: readRoutePrint,
    files: [
      { file: 'windows/captured-healthy.txt', expected: { state: 'present', gateway: WINDOWS_ROUTER, reason: null } },
      { file: 'windows/captured-broken.txt', expected: absent },
      { file: 'windows/english-healthy.txt', expected: { state: 'present', gateway: WINDOWS_ROUTER } },
      { file: 'windows/english-broken.txt', expected: absent },
      { file: 'windows/german-healthy.txt', expected: { state: 'present', gateway: WINDOWS_ROUTER } },
      { file: 'windows/german-broken.txt', expected: absent },
      { file: 'windows/french-healthy.txt', expected: { state: 'present', gateway: WINDOWS_ROUTER } },
      { file: 'windows/japanese-broken.txt', expected: absent },
      { file: 'windows/wrapped-default.txt', expected: { state: 'present', gateway: WINDOWS_ROUTER } },
      { file: 'windows/persistent-default-only.txt', expected: absent },
      {
        file: 'windows/teredo.txt',
        expected: { ...absent, reason: 'the only default route leads into a tunnel over IPv4 (Teredo)' },
      },
      {
        file: 'windows/6to4.txt',
        expected: { ...absent, reason: 'the only default route leads into a tunnel over IPv4 (6to4)' },
      },
    ],
  },
  {
    reader: 'readGetNetRoute',
    read: readGetNetRoute,
    files: [
      {
        file: 'windows/get-net-route-healthy.json',
        expected: {
          state: 'present',
          gateway: WINDOWS_ROUTER,
          interfaceName: 'Ethernet',
          origin: 'ra',
          expiresInSeconds: 1790,
        },
      },
      {
        file: 'windows/get-net-route-teredo.json',
        expected: { ...absent, reason: expect.stringContaining('(Teredo)') },
      },
    ],
  },
  {
    reader: 'readNetstat',
    read: readNetstat,
    files: [
      {
        file: 'freebsd/healthy.txt',
        expected: { state: 'present', gateway: ROUTER, interfaceName: 'vtnet0', origin: 'ra' },
      },
      { file: 'freebsd/broken.txt', expected: absent },
      {
        file: 'openbsd/healthy.txt',
        expected: { state: 'present', gateway: ROUTER, interfaceName: 'vio0', origin: null },
      },
      { file: 'openbsd/broken.txt', expected: absent },
      { file: 'openbsd/link-down.txt', expected: { ...absent, reason: 'the default route is not up' } },
      {
        file: 'macos/healthy.txt',
        expected: { state: 'present', gateway: ROUTER, interfaceName: 'en0', origin: 'ra' },
      },
      { file: 'macos/only-scoped.txt', expected: { ...absent, reason: 'the only default route is scoped to utun0' } },
    ],
  },
  {
    reader: 'readNetworkGetRoute',
    read: (text) => readNetworkGetRoute(JSON.parse(text)),
    files: [
      {
        file: 'guest-agent/linux-healthy.json',
        expected: { ...advertised(null), reason: expect.stringContaining('has expired') },
      },
      { file: 'guest-agent/linux-farewell.json', expected: absent },
      {
        file: 'guest-agent/windows-healthy.json',
        expected: { state: 'present', gateway: ROUTER, origin: null, reason: null },
      },
      { file: 'guest-agent/windows-broken.json', expected: absent },
    ],
  },
]

describe.each(cases)('$reader', ({ read, files }) => {
  test.each(files)('$file', ({ file, expected }) => {
    expect(read(fixture(file))).toMatchObject(expected)
  })
})

test.each([
  {
    rules: 'ip-6-rule.txt',
    expected: { ...absent, reason: 'the default route is in table 100, which no rule reaches' },
  },
  { rules: 'ip-6-rule-that-reaches-it.txt', expected: { state: 'present', gateway: ROUTER } },
])('a default route in another table, by $rules', ({ rules, expected }) => {
  const { tables } = readIpRule(fixture(`linux/unreached-table/${rules}`))
  const text = fixture('linux/unreached-table/ip-6-route-show-default-table-all.txt')
  expect(readIpRoute(text, { tables, complete: true })).toMatchObject(expected)
})

test("wg-quick's rules reach main's default route while its own table is empty", () => {
  const { tables } = readIpRule(fixture('linux/wireguard/ip-6-rule.txt'))
  const text = fixture('linux/wireguard/ip-6-route-show-default-table-all.txt')
  expect(readIpRoute(text, { tables, complete: true })).toMatchObject({ state: 'present', gateway: ROUTER })
})

test.each([
  {
    name: 'unreachable before a usable route',
    routes: ['unreachable default dev lo metric 512', via('eth0', 1024)],
    expected: { state: 'absent' },
  },
  {
    name: 'unreachable behind a usable route',
    routes: ['unreachable default dev lo metric 4096', via('eth0', 1024)],
    expected: { state: 'present' },
  },
  {
    name: 'unreachable for some packets',
    routes: ['unreachable default dev lo table 100 metric 1', via('eth0', 1024)],
    expected: { state: 'present' },
  },
  {
    name: 'throw in the same table',
    routes: ['throw default dev lo metric 512', via('eth0', 1024)],
    expected: { state: 'absent' },
  },
  {
    name: 'throw in a table before',
    routes: ['throw default dev lo table 50 metric 1', via('eth0', 1024)],
    expected: { state: 'present' },
  },
  {
    name: 'a route in an earlier table',
    routes: [via('wg0', 9999, 50), via('eth0', 1024)],
    expected: { state: 'present', interfaceName: 'wg0' },
  },
  {
    name: 'a route for some packets',
    routes: [via('wg0', 1, 100), via('eth0', 1024)],
    expected: { state: 'present', interfaceName: 'eth0' },
  },
  {
    name: 'an earlier expired route',
    routes: [`${via('eth1', 1)} expires -3sec`, via('eth0', 1024)],
    expected: { state: 'present', interfaceName: 'eth0' },
  },
  {
    name: 'a dead route',
    routes: [`${via('eth0', 1)} dead linkdown`],
    expected: { state: 'absent', reason: 'the next hop of the default route is dead' },
  },
])('a look-up that meets $name', ({ routes, expected }) => {
  const { tables } = readIpRule(
    '0:\tfrom all lookup local\n9:\tfrom fd99::/64 lookup 100\n10:\tfrom all lookup 50\n32766:\tfrom all lookup main\n',
  )
  expect(readIpRoute(`${routes.join('\n')}\n`, { tables, complete: true })).toMatchObject(expected)
})

test("a rule for the machine's own packets counts for every packet", () => {
  const { tables } = readIpRule(
    '0:\tfrom all lookup local\n9:\tfrom all iif lo lookup 50\n32766:\tfrom all lookup main\n',
  )
  const routes = `unreachable default dev lo table 50 metric 1024\n${via('eth0', 1024)}\n`
  expect(readIpRoute(routes, { tables, complete: true })).toMatchObject({
    state: 'absent',
    reason: expect.stringContaining('unreachable'),
  })
})

test('an empty list of default routes proves absence only if it is whole', () => {
  const text = fixture('linux/farewell/ip-6-route-show-default-table-all.txt')
  expect(readIpRoute(text, { complete: true }).state).toBe('absent')
  expect(readIpRoute(text).state).toBe('unknown')
})

test.each([
  {
    read: readIpRoute,
    text: 'default proto ra metric 100 pref medium\nfe80::/64 dev eth0 metric 256 pref medium\n',
    reason: 'line 1 is not a route',
  },
  { read: readIpRouteJson, text: '[{ "dst": "default", "protocol": "ra" }]', reason: 'entry 1 has no next hop' },
  {
    read: readGetNetRoute,
    text: '[{ "DestinationPrefix": "::/0", "NextHop": null }]',
    reason: 'its "NextHop" is not an IPv6 address',
  },
])('refuses a default route that leads nowhere: $text', ({ read, text, reason }) => {
  expect(read(text)).toMatchObject({ state: 'unknown', reason: expect.stringContaining(reason) })
})

test("a default route counts beside a tunnel's, whichever comes first", () => {
  const row = ' 13    271 ::/0                     fe80::fc42:c6ff:fe7e:6388\r\n'
  const [before, after = ''] = fixture('windows/teredo.txt').split('  1    331 ::1/128', 2)
  expect(readRoutePrint(`${before}${row}  1    331 ::1/128${after}`)).toMatchObject({
    state: 'present',
    gateway: WINDOWS_ROUTER,
  })
})

test.each([
  { what: 'one route', json: (routes: string) => routes.slice(1, -1) },
  { what: 'a list as PowerShell 5 prints some', json: (routes: string) => `{ "value": ${routes}, "Count": 1 }` },
])('Get-NetRoute that prints $what', ({ json }) => {
  const routes =
    '[{ "DestinationPrefix": "::/0", "NextHop": "fe80::1", "ifIndex": 13, "InterfaceAlias": "Ethernet", "Store": 1 }]'
  expect(readGetNetRoute(json(routes))).toMatchObject({ state: 'present', gateway: 'fe80::1' })
})

test("ignores Teredo's default route in a Windows agent's list", () => {
  const routes: Record<string, unknown>[] = JSON.parse(fixture('guest-agent/windows-broken.json'))
  const tunnel = { iface: 'Teredo', metric: 58, nexthop: '::', mtu: 1280, version: 6 }
  const more = [
    { ...tunnel, destination: '::', desprefixlen: '0' },
    { ...tunnel, destination: '2001::', desprefixlen: '32' },
  ]
  expect(readNetworkGetRoute([...routes, ...more])).toMatchObject({
    state: 'absent',
    reason: expect.stringContaining('(Teredo)'),
  })
})

test("ignores an older kernel's listed answer to a failed look-up", () => {
  const text = 'unreachable default dev lo  table unspec  proto kernel  metric 4294967295  error -101\n'
  for (const printed of [text, text.replace('4294967295', '-1')]) {
    expect(readIpRoute(printed.repeat(2), { complete: true })).toMatchObject({ ...absent, reason: null })
  }
  const { tables } = readIpRule('0:\tfrom all lookup local \n32766:\tfrom all lookup main \n')
  expect(readIpRoute(`${via('eth0', 1024)}\n${text}`, { tables, complete: true })).toMatchObject({ state: 'present' })
})

test.each(['0', '16'])('a rule that suppresses prefixes up to /%s leads to no default route', (length) => {
  const { tables } = readIpRule(`0:\tfrom all lookup local\n9:\tfrom all lookup main suppress_prefixlength ${length}\n`)
  expect(readIpRoute(`${via('eth0', 1024)}\n`, { tables, complete: true })).toMatchObject({
    state: 'absent',
    reason: expect.stringContaining('table main'),
  })
})

function via(device: string, metric: number, table?: number): string {
  return `default via ${ROUTER} dev ${device} ${table === undefined ? '' : `table ${table} `}proto static metric ${metric}`
}

function advertised(expiresInSeconds: number | null) {
  return { state: 'present', gateway: ROUTER, interfaceName: 'eth0', origin: 'ra', expiresInSeconds } as const
}

function fixture(file: string): string {
  return readFileSync(new URL(`../fixtures/${file}`, import.meta.url), 'utf8')
}
