import { goldenReport } from '@slashzero/contract/testing'
import { expect, test } from 'vitest'
import { judgeReport } from './judge-report.ts'

const golden = goldenReport()

test('the golden report: a leaking radvd, an unjoined tap and a VM without a route', () => {
  const { state, transitions, samples } = judgeReport(null, golden, Date.parse(golden.sentAt))
  expect(state).toMatchObject({
    status: 'leaking',
    statusReason: expect.stringContaining('3 stale and 2 live memberships hold 280 of 20,480 bytes; 360 joins left'),
  })
  expect(state.sockets).toMatchObject([
    {
      namespaceName: null,
      memberships: 5,
      liveMemberships: 2,
      staleMemberships: 3,
      joinsLeft: 360,
      sendsBlocked: false,
    },
    {
      namespaceName: 'qrouter-5f3e',
      memberships: 1,
      liveMemberships: 1,
      staleMemberships: 0,
      joinsLeft: 2339,
      sendsBlocked: false,
    },
  ])
  expect(state.taps.map(({ name, status }) => [name, status])).toEqual([
    ['tap102', 'served'],
    ['tap103', 'not-joined'],
    ['tap101', 'served'],
    ['port', 'served'],
    ['é😀"\'<b>\\;', 'unknown'],
  ])
  expect(state.vms.map(({ name, route }) => [name, route.status, route.cause])).toEqual([
    [
      'vm-102',
      'missing',
      'In the guest, asked on /run/vm-102.qga; the route cannot return because on tap103, radvd runs but has not joined ff02::2 here; tap103 is not in /etc/radvd.conf',
    ],
    ['vm-101', 'ok', null],
  ])
  expect(samples).toMatchObject([
    { optmemBytes: 280, optmemMaxBytes: 20480, membershipBytes: 56, liveMemberships: 2, staleMemberships: 3 },
    { optmemBytes: 56, optmemMaxBytes: 131072, membershipBytes: 56, liveMemberships: 1, staleMemberships: 0 },
  ])
  expect(transitions.map(({ subject }) => subject)).toEqual([
    'hypervisor',
    'tap',
    'tap',
    'tap',
    'tap',
    'tap',
    'vm',
    'vm',
  ])
})
