import type { HypervisorDetail } from '@slashzero/contract'
import { describe, expect, it } from 'vitest'
import { describeHypervisor, describeSkew } from './describe-hypervisor.ts'

const now = Date.UTC(2026, 2, 3, 3, 26)
const plain = (text: string | null) => text?.replaceAll('\u00a0', ' ')

const detail: HypervisorDetail = {
  now: '2026-03-03T03:26:00Z',
  id: 'hv_12',
  name: 'hv-12',
  hostId: 'host-12',
  demo: false,
  status: 'healthy',
  statusReason: '200 joins left',
  statusSince: '2026-03-03T03:12:00Z',
  lastSeenAt: '2026-03-03T03:25:50Z',
  joinsLeft: 200,
  staleMemberships: 0,
  fullAt: null,
  goesDark: null,
  kernel: '6.1.0-18-amd64',
  collectorVersion: '0.1.0',
  labels: {},
  membershipBytes: 56,
  clockSkewMilliseconds: 12,
  senders: [],
  taps: [],
  vms: { total: 40, missing: 0, unknown: 0 },
  vmRows: [],
  runs: [],
}

describe('describeHypervisor', () => {
  it.each([
    { vms: { total: 40, missing: 0, unknown: 0 }, tone: 'ok', headline: 'All 40 VMs have ::/0.' },
    { vms: { total: 40, missing: 12, unknown: 0 }, tone: 'danger', headline: '12 of 40 VMs have no ::/0.' },
    { vms: { total: 40, missing: 1, unknown: 0 }, tone: 'danger', headline: '1 of 40 VMs has no ::/0.' },
    { vms: { total: 84, missing: 84, unknown: 0 }, tone: 'danger', headline: 'All 84 VMs have no ::/0.' },
    { vms: { total: 1, missing: 1, unknown: 0 }, tone: 'danger', headline: 'Its only VM has no ::/0.' },
    { vms: { total: 40, missing: 0, unknown: 3 }, tone: 'ok', headline: 'Every VM that can be checked has ::/0; 3 of 40 cannot be.' },
    { vms: { total: 40, missing: 0, unknown: 40 }, tone: 'unknown', headline: 'None of its 40 VMs could be checked for ::/0.' },
    { vms: { total: 1, missing: 0, unknown: 1 }, tone: 'unknown', headline: 'Its only VM could not be checked for ::/0.' },
    { vms: { total: 0, missing: 0, unknown: 0 }, tone: 'ok', headline: 'No VM has been seen here.' },
  ])('says $headline', ({ vms, tone, headline }) => {
    expect(describeHypervisor({ ...detail, vms }, now)).toMatchObject({ tone, headline })
  })

  it('says since when it is as it is', () => {
    const { tone, since } = describeHypervisor({ ...detail, status: 'sends-blocked' }, now, 'UTC')
    expect(tone).toBe('danger')
    expect(plain(since)).toBe('Sends blocked since 03:12 (14 min).')
  })
})

describe('describeSkew', () => {
  it.each([
    { skew: null, expected: undefined },
    { skew: -2000, expected: undefined },
    { skew: 2001, expected: 'Its clock is 2 s ahead of the server’s; times here are corrected by that.' },
    { skew: -3_600_000, expected: 'Its clock is 1 h behind the server’s; times here are corrected by that.' },
  ])('says $expected of $skew ms', ({ skew, expected }) => {
    expect(plain(describeSkew(skew))).toBe(expected)
  })
})
