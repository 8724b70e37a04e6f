import type { HypervisorHead } from '@slashzero/contract/page'
import { describe, expect, it } from 'vitest'
import { listSwitchedOff } from '@slashzero/contract/report'
import { describeGroup, describeRest } from './describe-configuration.ts'
import { describeUnfound } from './describe-unfound.ts'
import { describeHypervisor, describeLate, describeNoSender, describeSkew } from './describe-hypervisor.ts'

const now = Date.UTC(2026, 2, 3, 3, 26)
const plain = (text: string | null) => text?.replaceAll('\u00a0', ' ')

const detail: HypervisorHead = {
  now: '2026-03-03T03:26:00Z',
  id: 'hv_12',
  name: 'hv-12',
  hostId: 'host-12',
  demo: false,
  status: 'healthy',
  statusReason: '200 joins left',
  statusSince: '2026-03-03T03:12:00Z',
  lastSeenAt: '2026-03-03T03:25:50Z',
  observedAt: '2026-03-03T03:25:50Z',
  optmemBytes: 9240,
  optmemMaxBytes: 20_480,
  memberships: 165,
  joinsLeft: 200,
  staleMemberships: 0,
  fullAt: null,
  goesDark: null,
  kernel: '6.1.0-18-amd64',
  collectorVersion: '0.1.0',
  labels: {},
  membershipBytes: 56,
  clockSkewMilliseconds: 12,
  vms: { total: 40, missing: 0, unknown: 0 },
  runs: [],
  probes: null,
}

describe('describeHypervisor', () => {
  it.each([
    { vms: { total: 40, missing: 0, unknown: 0 }, tone: 'ok', headline: 'All 40 VMs have ::/0.' },
    { vms: { total: 40, missing: 12, unknown: 0 }, tone: 'danger', headline: '12 of 40 VMs have no ::/0.' },
    { vms: { total: 40, missing: 1, unknown: 0 }, tone: 'danger', headline: '1 of 40 VMs has no ::/0.' },
    { vms: { total: 84, missing: 84, unknown: 0 }, tone: 'danger', headline: 'All 84 VMs have no ::/0.' },
    { vms: { total: 1, missing: 1, unknown: 0 }, tone: 'danger', headline: 'Its only VM has no ::/0.' },
    {
      vms: { total: 40, missing: 0, unknown: 3 },
      tone: 'ok',
      headline: 'Every VM that can be checked has ::/0; 3 of 40 cannot be.',
    },
    {
      vms: { total: 40, missing: 0, unknown: 40 },
      tone: 'unknown',
      headline: 'None of 40 VMs could be checked for ::/0.',
    },
    {
      vms: { total: 1, missing: 0, unknown: 1 },
      tone: 'unknown',
      headline: 'Its only VM could not be checked for ::/0.',
    },
    { vms: { total: 0, missing: 0, unknown: 0 }, tone: 'ok', headline: 'No VM has been seen here.' },
  ])('says $headline', ({ vms, tone, headline }) => {
    expect(describeHypervisor({ ...detail, vms }, now)).toMatchObject({ tone, headline })
  })

  it('says since when the status holds', () => {
    const { tone, since } = describeHypervisor({ ...detail, status: 'sends-blocked' }, now, 'UTC')
    expect(tone).toBe('danger')
    expect(plain(since)).toBe('Sends blocked since 03:12 (14 min).')
  })
})

describe('describeSkew', () => {
  it.each([
    { skew: null, expected: undefined },
    { skew: -2000, expected: undefined },
    { skew: 2001, expected: 'The host’s clock is 2 s ahead of the server’s. The times on this page are corrected.' },
    {
      skew: -3_600_000,
      expected: 'The host’s clock is 1 h behind the server’s. The times on this page are corrected.',
    },
  ])('$skew ms: $expected', ({ skew, expected }) => {
    expect(plain(describeSkew(skew))).toBe(expected)
  })
})

it.each([
  {
    sender: { staleMemberships: 60, staleInterfaceIndexes: null, staleInterfacesFound: 40 },
    expected: 'Deleted interfaces that are still joined: 60. The collector still looks for 20 of them.',
  },
  { sender: { staleMemberships: 2, staleInterfaceIndexes: [8, 9], staleInterfacesFound: 2 }, expected: null },
  { sender: { staleMemberships: 2, staleInterfaceIndexes: null }, expected: null },
  { sender: { staleMemberships: null, staleInterfaceIndexes: null, staleInterfacesFound: 1 }, expected: null },
])('deleted interfaces that are not found yet: $expected', ({ sender, expected }) => {
  expect(describeUnfound(sender)).toBe(expected)
})

it('tells a report from the spool from a current report', () => {
  expect(describeLate(detail)).toBeNull()
  expect(plain(describeLate({ ...detail, observedAt: '2026-03-03T02:25:50Z' }, 'UTC'))).toBe(
    'This page shows the state of 02:25: the collector is still delivering reports that it kept for 1 h.',
  )
})

it('does not say that a silent hypervisor still delivers reports', () => {
  const silent = { ...detail, status: 'silent' as const, observedAt: '2026-03-03T02:25:50Z' }
  expect(plain(describeLate(silent, 'UTC'))).toBe(
    'This page shows the state of 02:25, and later reports have not arrived.',
  )
})

it('does not say that there is no sender if senders could not be read', () => {
  const run = (probe: string, outcome: 'failed' | 'absent') => ({ probe, outcome, milliseconds: 1, error: 'no right' })
  expect(describeNoSender([run('optmem', 'failed'), run('senders', 'absent')])).toMatchObject({
    title: 'No sender found.',
  })
  expect(describeNoSender([run('processes', 'failed')])).toEqual({
    title: 'The senders could not be read.',
    text: 'Probe processes: no right',
  })
})

describe('the configuration of a sender', () => {
  const ONE = { interfaces: 1, names: ['tap1'], prefixes: 0, firstPrefixes: [] }
  const group = {
    sendsAdverts: true,
    unicastOnly: false,
    minIntervalSeconds: 200,
    maxIntervalSeconds: 600,
    routerLifetimeSeconds: 1800,
    interfaces: 40,
    names: ['tap1', 'tap2', 'tap3'],
    prefixes: 40,
    firstPrefixes: ['2001:db8:1::/64', '2001:db8:2::/64'],
  }
  it.each([
    {
      more: {},
      expected:
        '40 interfaces (tap1, tap2, tap3, …): router lifetime 1,800 s, sent every 200 to 600 s, 40 prefixes (2001:db8:1::/64, 2001:db8:2::/64, …).',
    },
    {
      more: { interfaces: 3, prefixes: 0, firstPrefixes: [], routerLifetimeSeconds: 0 },
      expected: 'tap1, tap2, tap3: router lifetime 0 s, which gives no ::/0, sent every 200 to 600 s, no prefix.',
    },
    {
      more: { interfaces: 1, names: ['tap1'], prefixes: 1, firstPrefixes: ['fd00::/64'], unicastOnly: true },
      expected: 'tap1: router lifetime 1,800 s, sent only in response to a solicitation, 1 prefix (fd00::/64).',
    },
    {
      more: { interfaces: 1, names: ['tap1'], prefixes: 0, sendsAdverts: false },
      expected: 'tap1: sends no Router Advertisement, no prefix.',
    },
    {
      more: { ...ONE, routerLifetimeSeconds: 0, defaultRouteSeconds: 1800 },
      expected: 'tap1: lifetime of ::/0 1,800 s, sent every 200 to 600 s, no prefix.',
    },
    {
      more: { ...ONE, defaultRouteSeconds: null },
      expected: 'tap1: lifetime of ::/0 without end, sent every 200 to 600 s, no prefix.',
    },
    {
      more: { ...ONE, clients: 2 },
      expected: 'tap1: router lifetime 1,800 s, sent every 200 to 600 s, only to 2 clients, no prefix.',
    },
    {
      more: { ...ONE, refusals: [{ option: 'AdvLinkMTU', value: 1000, min: 1280, max: 1500 }] },
      expected: 'tap1: the sender refuses AdvLinkMTU 1,000, no prefix.',
    },
  ])('$expected', ({ more, expected }) => {
    expect(plain(describeGroup({ ...group, ...more }))).toBe(expected)
  })

  it('counts the interfaces that are not listed', () => {
    const file = { path: '/etc/radvd.conf', readAt: detail.now, changedAt: detail.now, newerThanProcess: false }
    expect(describeRest({ ...file, interfaces: 52, groups: [group] })).toBe(
      '12 more interfaces, each with its own settings.',
    )
    expect(describeRest({ ...file, interfaces: 40, groups: [group] })).toBeNull()
  })
})

it('lists what is switched off, unless nobody knows what ran', () => {
  expect(listSwitchedOff(['optmem', 'advertisements']).map(({ setting }) => setting)).toEqual([
    'off-link-source',
    'guest-push-listen',
  ])
  expect(listSwitchedOff(null)).toEqual([])
})
