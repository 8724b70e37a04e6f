import { readFileSync } from 'node:fs'
import type { Link } from '@slashzero/linux'
import { expect, test } from 'vitest'
import { stoppedClock } from '../../testing/fake-clock.ts'
import { fakeKernel } from '../../testing/fake-kernel.ts'
import type { FakeFile } from '../../testing/fake-kernel.ts'
import { recordRuns } from '../record-runs.ts'
import { createAllRoutersReader } from './read-all-routers.ts'
import { createCounterReader } from './read-counters.ts'
import { readTaps } from './read-taps.ts'

const COUNTERS = readFileSync(
  new URL('../../../../../packages/linux/fixtures/proc/net/dev_snmp6/tap101', import.meta.url),
  'latin1',
)
const TABLES = '/proc/thread-self/net'

function link(ifindex: number, kind: string | null, more: Partial<Link> = {}): Link {
  return {
    ifindex,
    name: `if${ifindex}`,
    kind,
    ethernet: true,
    up: true,
    multicast: true,
    master: null,
    vlanOf: null,
    mtu: 1500,
    forwarding: true,
    ipv6Disabled: false,
    ...more,
  }
}

/** Rows of igmp6 for ff02::2, and counter files for all links. */
function read(links: Link[], users: Record<number, number>, tree: Record<string, FakeFile> = {}, named: string[] = []) {
  const rows = Object.entries(users).map(
    ([ifindex, count]) => `${ifindex} if${ifindex} ff020000000000000000000000000002 ${count} 00000004 0\n`,
  )
  const files = links.map((one) => [
    `${TABLES}/dev_snmp6/${one.name}`,
    COUNTERS.replace(/^ifIndex.*/, `ifIndex \t${one.ifindex}`),
  ])
  const runs = recordRuns(stoppedClock(), 1000)
  const kernel = fakeKernel({ [`${TABLES}/igmp6`]: rows.join(''), ...Object.fromEntries(files), ...tree })
  const allRouters = createAllRoutersReader(kernel)(runs)
  const readCounters = createCounterReader(kernel)(1, () => null, runs)
  const answer = readTaps(links, links, allRouters, readCounters, runs, { named: new Set(named) })
  return { ...answer, failed: runs.list().filter(({ outcome }) => outcome !== 'ok') }
}

test('tap devices always count; hardware, bridges and the tun of a VPN do not', () => {
  const links = [link(1, null), link(2, 'tun'), link(3, 'tun', { ethernet: false }), link(4, 'bridge'), link(5, 'tun')]
  const { taps, failed } = read(links, { 2: 2, 3: 2, 4: 2, 5: 1 })
  expect(taps).toMatchObject([
    { ifindex: 2, kind: 'tap', allRoutersUsers: 2, routerAdvertsOut: 2 },
    { ifindex: 5, allRoutersUsers: 1 },
  ])
  expect(failed).toEqual([])
})

test('a veth or macvtap counts only if a daemon besides the kernel has joined on it', () => {
  const off = { forwarding: false }
  const links = [link(2, 'veth'), link(3, 'veth'), link(4, 'macvtap', off), link(5, 'macvtap', off)]
  expect(read(links, { 2: 1, 3: 2, 4: 1 }).taps.map(({ ifindex, kind }) => [ifindex, kind])).toEqual([
    [3, 'veth'],
    [4, 'macvtap'],
  ])
})

test('a tap on a bridge has the counters of the bridge', () => {
  const links = [link(2, 'tun', { master: 4 }), link(3, 'tun', { master: 4 }), link(4, 'bridge'), link(5, 'tun')]
  const atBridge = COUNTERS.replace(/^ifIndex.*/, 'ifIndex \t4').replace(/^(Icmp6InRouterSolicits *\t).*/m, '$17')
  const { taps } = read(links, { 4: 2, 5: 2 }, { [`${TABLES}/dev_snmp6/if4`]: atBridge })
  expect(taps.map(({ countedOn, routerSolicitsIn }) => [countedOn, routerSolicitsIn])).toEqual([
    ['if4', 7],
    ['if4', 7],
    [undefined, 0],
  ])
})

test('a tap on a bridge that vanishes in the middle of a pass has no counters', () => {
  const links = [link(2, 'tun', { master: 4 }), link(4, 'bridge')]
  const { taps, failed } = read(links, { 4: 2 }, { [`${TABLES}/dev_snmp6/if4`]: { refused: 'ENOENT' } })
  expect([taps, failed]).toMatchObject([[{ countedOn: 'if4', routerAdvertsOut: null }], []])
})

test('a veth or macvtap that no daemon has joined is a tap if its listener is named', () => {
  const links = [
    link(2, 'veth'),
    link(3, 'veth', { master: 6 }),
    link(4, 'macvtap'),
    link(5, 'veth'),
    link(6, 'bridge'),
  ]
  const users = { 2: 1, 4: 1, 5: 2, 6: 1 }
  const kindsOf = (named: string[]) => read(links, users, {}, named).taps.map(({ ifindex, kind }) => [ifindex, kind])
  expect(read(links, users).unjoined).toEqual(new Set(['if2', 'if6', 'if4']))
  expect(kindsOf([])).toEqual([[5, 'veth']])
  expect(kindsOf(['if6', 'if4'])).toEqual([
    [3, 'veth'],
    [4, 'macvtap'],
    [5, 'veth'],
  ])
})

test('a tap on a bridge is served with its bridge, and unknown behind Open vSwitch', () => {
  const links = [
    link(2, 'tun', { master: 4 }),
    link(3, 'tun', { master: 5 }),
    link(4, 'bridge'),
    link(5, 'openvswitch'),
  ]
  expect(read(links, { 2: 1, 3: 1, 4: 2 }).taps).toMatchObject([
    { ifindex: 2, allRoutersUsers: 2, forwarding: true },
    { ifindex: 3, allRoutersUsers: null, forwarding: null },
  ])
})

test('taps of an unserved bridge with a served VLAN are unknown', () => {
  const links = [link(2, 'tun', { master: 4 }), link(3, 'tun'), link(4, 'bridge'), link(5, 'vlan', { vlanOf: 4 })]
  const listeners = (users: Record<number, number>) =>
    read(links, users).taps.map(({ allRoutersUsers }) => allRoutersUsers)
  expect(listeners({ 2: 1, 3: 2, 4: 1, 5: 2 })).toEqual([null, 2])
  expect(listeners({ 2: 1, 3: 2, 4: 2, 5: 2 })).toEqual([2, 2])
  expect(listeners({ 2: 1, 3: 2, 4: 1, 5: 1 })).toEqual([1, 2])
})

test('a tap that vanishes or is replaced during a pass is left out without failure', () => {
  const other = COUNTERS.replace(/^ifIndex.*/, 'ifIndex \t99')
  const tree = { [`${TABLES}/dev_snmp6/if2`]: { refused: 'ENOENT' }, [`${TABLES}/dev_snmp6/if3`]: other }
  expect(read([link(2, 'tun'), link(3, 'tun'), link(4, 'tun')], {}, tree)).toMatchObject({
    taps: [{ ifindex: 4 }],
    failed: [],
  })
})

test('a broken counter file loses only its own counters, and the run says so', () => {
  const tree = {
    [`${TABLES}/dev_snmp6/if2`]: COUNTERS.slice(0, 500),
    [`${TABLES}/dev_snmp6/if3`]: COUNTERS.replace(/^ifIndex.*/, 'ifIndex \t3').replace(
      /^(Icmp6InRouterSolicits *\t).*/m,
      '$19007199254740992',
    ),
  }
  const { taps, failed } = read([link(2, 'tun'), link(3, 'tun'), link(4, 'tun')], {}, tree)
  const counters = taps.map(({ routerSolicitsIn, routerAdvertsOut }) => [routerSolicitsIn, routerAdvertsOut])
  expect(counters).toEqual([
    [null, null],
    [null, 2],
    [0, 2],
  ])
  expect(failed).toMatchObject([
    {
      probe: 'counters',
      error: expect.stringMatching(/if2:\d+: expected .*; .*if3: Icmp6InRouterSolicits is beyond 2\^53/),
    },
  ])
})

test('an unreadable table of groups is not 0 users', () => {
  const { taps, failed } = read([link(2, 'tun')], {}, { [`${TABLES}/igmp6`]: { refused: 'EACCES' } })
  expect(taps).toMatchObject([{ ifindex: 2, allRoutersUsers: null, routerAdvertsOut: 2 }])
  expect(failed).toMatchObject([{ probe: 'all-routers-users', outcome: 'failed' }])
})

test('an interface without IPv6 has no counters, which is no failure', () => {
  const { taps, failed } = read(
    [link(2, 'tun', { forwarding: null })],
    {},
    { [`${TABLES}/dev_snmp6/if2`]: { refused: 'ENOENT' } },
  )
  expect(taps).toMatchObject([{ ifindex: 2, forwarding: null, allRoutersUsers: 0, routerSolicitsIn: null }])
  expect(failed).toEqual([])
})
