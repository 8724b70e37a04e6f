import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readIpRoute, readLinuxRoutes, readNetstat, readRouteInet6 } from './index.ts'

/** The list beside the fixtures says where each shape comes from. */
test.each([
  {
    file: 'iproute2-2.6-static-origin.txt',
    read: readIpRoute,
    expected: { state: 'present', gateway: '2001:db8:1::1', origin: 'static' },
  },
  {
    file: 'kernel-2.6-hz250-expired.txt',
    read: readIpRoute,
    expected: { state: 'expired', gateway: 'fe80::1', origin: 'ra', expiresInSeconds: -11 },
  },
  { file: 'fwmark-rule-only.txt', read: readLinuxRoutes, expected: { state: 'absent', reason: ruleOf(32_765) } },
  { file: 'iif-rule-only.txt', read: readLinuxRoutes, expected: { state: 'absent', reason: ruleOf(20_000) } },
  { file: 'goto-passes-over.txt', read: readLinuxRoutes, expected: { state: 'absent', reason: ruleOf(100) } },
  {
    file: 'vrf-left-over.txt',
    read: readLinuxRoutes,
    expected: { state: 'absent', reason: 'the default route is in table 100, which no rule reaches' },
  },
  { file: 'rt-tables-warning.txt', read: readLinuxRoutes, expected: { state: 'absent', reason: null } },
  {
    file: 'use-runs-into-ref.txt',
    read: readRouteInet6,
    expected: { state: 'present', gateway: 'fe80::1', origin: 'ra' },
  },
  { file: 'freebsd-reject-without-loopback-row.txt', read: readNetstat, expected: { state: 'absent' } },
])('$file is $expected.state', ({ file, read, expected }) => {
  expect(read(readFileSync(new URL(`../fixtures/field/${file}`, import.meta.url), 'utf8'))).toMatchObject(expected)
})

test.each([
  { zero: 4_294_967, what: '32-bit kernels at 1000 Hz' },
  { zero: 14_316_557, what: 'kernels at 300 Hz' },
  { zero: 17_179_869, what: '32-bit kernels at 250 Hz' },
  { zero: 21_334_373, what: '64-bit kernels at 250 Hz' },
  { zero: -17_179_869, what: '64-bit kernels at 1000 Hz' },
])('$what print the seconds since the end as $zero less these', ({ zero }) => {
  const read = (seconds: number) =>
    readIpRoute(
      `default via fe80::1 dev eth0  proto kernel  metric 1024  expires ${seconds}sec mtu 1500 advmss 1440 hoplimit 64\n`,
    )
  expect(read(zero - 5)).toMatchObject({ state: 'expired', expiresInSeconds: -5 })
  expect(read(zero + 10)).toMatchObject({ state: zero > 0 ? 'present' : 'expired' })
})

const WARNING = 'Database /etc/iproute2/rt_tables is corrupted at bad line here'
const script = (routes: string, end = '#exit 0\n') =>
  readLinuxRoutes(`#rule\n0:\tfrom all lookup local\n32766:\tfrom all lookup main\n#route\n${routes}${end}#end\n`)

test.each([
  { name: 'beside a route', routes: `${WARNING}\n\ndefault via fe80::1 dev eth0 metric 1024\n`, state: 'present' },
  { name: 'in the middle of a route', routes: `default via fe80::1 d${WARNING}\nev eth0\n`, state: 'present' },
  { name: 'before half a route', routes: `${WARNING} default via fe80::1 dev eth0\n`, state: 'unknown' },
])('a warning of ip $name leaves the route $state', ({ routes, state }) => {
  expect(script(routes).state).toBe(state)
})

test('what ip said on its error output is the reason when ip failed', () => {
  const end = '#exit 255\n#error\nCannot open netlink socket: Permission denied\n'
  expect(script('', end)).toMatchObject({
    state: 'unknown',
    reason: 'ip -6 route: Cannot open netlink socket: Permission denied',
  })
  expect(script('', `#exit 0\n#error\n${WARNING}\n`)).toMatchObject({ state: 'absent', reason: null })
})

test('a rule that cannot be judged makes the route unknown', () => {
  const text = '#rule\n0:\tfrom all later\n#route\ndefault via fe80::1 dev eth0 metric 1024\n#exit 0\n#end\n'
  expect(readLinuxRoutes(text)).toMatchObject({ state: 'unknown', reason: expect.stringContaining('from all later') })
})

function ruleOf(preference: number): string {
  return `the default route is in table 100, which rule ${preference} opens to some packets only`
}
