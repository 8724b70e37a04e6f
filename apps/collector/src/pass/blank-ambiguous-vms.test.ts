import type { RouteCheckReport } from '@slashzero/contract/report'
import { expect, test } from 'vitest'
import { blankAmbiguousVms } from './blank-ambiguous-vms.ts'

const first = '0b0f2a94-64f5-4d6e-9d8e-2f1a3f8c5a01'
const second = '0b0f2a94-64f5-4d6e-9d8e-2f1a3f8c5a02'

test.each([
  {
    name: 'VMs of their own',
    vms: [
      { name: 'a', uuid: first },
      { name: 'b', uuid: second },
      { name: 'c', uuid: null },
    ],
    expected: ['present', 'present', 'present'],
  },
  {
    name: 'one uuid twice',
    vms: [
      { name: 'a', uuid: first },
      { name: 'b', uuid: first },
    ],
    expected: ['unknown', 'unknown'],
  },
  {
    name: 'one name twice, with uuids',
    vms: [
      { name: 'a', uuid: first },
      { name: 'a', uuid: second },
    ],
    expected: ['present', 'present'],
  },
  {
    name: 'one name twice, without uuids',
    vms: [
      { name: 'a', uuid: null },
      { name: 'a', uuid: null },
    ],
    expected: ['unknown', 'unknown'],
  },
  {
    name: 'names that look alike',
    vms: [
      { name: 'a\u202d', uuid: null },
      { name: 'a\u202e', uuid: null },
    ],
    expected: ['unknown', 'unknown'],
  },
  {
    name: 'one name twice, once without uuid',
    vms: [
      { name: 'a', uuid: first },
      { name: 'a', uuid: null },
    ],
    expected: ['present', 'unknown'],
  },
])('$name', ({ vms, expected }) => {
  const checks = vms.map((vm): RouteCheckReport => ({
    vm,
    method: 'guest-agent',
    checkedAt: '2026-01-01T00:00:00.000Z',
    defaultRoute: 'present',
    reason: null,
    gateway: 'fe80::1',
    expiresInSeconds: 1790,
  }))
  const doubted = blankAmbiguousVms(checks, vms)
  expect(doubted.map(({ defaultRoute }) => defaultRoute)).toEqual(expected)
  for (const check of doubted.filter(({ defaultRoute }) => defaultRoute === 'unknown')) {
    expect(check).toMatchObject({
      reason: expect.stringContaining('several VMs here'),
      gateway: null,
      expiresInSeconds: null,
    })
  }
})
