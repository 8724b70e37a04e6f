import { describe, expect, test } from 'vitest'
import { at, buildNamespace, buildReport, buildTap } from '@slashzero/contract/testing'
import type { HypervisorState } from '../state.ts'
import { judgePush, type Push } from './judge-push.ts'
import { judgeReport } from './judge-report.ts'
import { judgeTime } from './judge-time.ts'

const key = '00000000-0000-4000-8000-00000000000a'
const vm = { name: 'vm-a', uuid: key, pid: 100 }
const other = { name: 'vm-b', uuid: '00000000-0000-4000-8000-00000000000b', pid: 101 }
const report = (seconds: number, vms = [vm, other]) =>
  buildReport(seconds, {
    namespaces: [buildNamespace({ taps: vms.map((one, index) => ({ ...buildTap(7 + index), vm: one })) })],
  })
const absent: Push = { defaultRoute: 'absent', reason: null, gateway: null, expiresInSeconds: null }
const present: Push = { defaultRoute: 'present', reason: null, gateway: 'fe80::1', expiresInSeconds: 1800 }

const first = judgeReport(null, report(0), at(0)).state

/** The state after a push that counts. */
function push(state: HypervisorState, what: Push, seconds: number) {
  const judged = judgePush(state, key, what, at(seconds))
  if ('refused' in judged) throw new Error(judged.refused)
  return judged
}

const routeOf = (state: HypervisorState) => state.vms.find((one) => one.key === key)?.route

test.each([
  {
    name: 'a route',
    what: present,
    expected: { status: 'ok', method: 'pushed', gateway: 'fe80::1', checkedAt: at(5), expiresAt: at(1805) },
  },
  {
    name: 'none',
    what: absent,
    expected: { status: 'missing', method: 'pushed', reason: 'The guest has no ::/0 (pushed by the guest)' },
  },
  {
    name: 'a route that ended',
    what: { ...absent, defaultRoute: 'expired' as const },
    expected: { status: 'missing' },
  },
  { name: 'a route that ended just now', what: { ...present, expiresInSeconds: 0 }, expected: { status: 'missing' } },
  {
    name: 'nonsense',
    what: { ...absent, defaultRoute: 'unknown' as const, reason: 'line 1 is not a route' },
    expected: { status: 'unknown', reason: 'The check (pushed by the guest) could not tell: line 1 is not a route' },
  },
])('a guest that pushes $name is judged at once', ({ what, expected }) => {
  const { state, transitions } = push(first, what, 5)
  expect(routeOf(state)).toMatchObject(expected)
  expect(transitions.map(({ subject, key: of, to }) => [subject, of, to])).toEqual(
    expected.status === 'unknown' ? [] : [['vm', key, expected.status]],
  )
})

test('a push leaves the other VMs unchanged', () => {
  const { state } = push(first, absent, 5)
  expect(state.vms.find((one) => one.key === other.uuid)).toBe(first.vms.find((one) => one.key === other.uuid))
  expect(state.taps).toBe(first.taps)
  expect(state.judgeAgainAt).toBeLessThanOrEqual(first.judgeAgainAt)
})

test('a repeated push is no transition, and a later report keeps the push', () => {
  const once = push(first, absent, 5).state
  const twice = push(once, absent, 15)
  expect(twice.transitions).toEqual([])
  const after = judgeReport(twice.state, report(20), at(20)).state
  expect(routeOf(after)).toMatchObject({ status: 'missing', method: 'pushed', since: at(5), checkedAt: at(15) })
})

test('a report observed before the push does not undo the push', () => {
  const pushed = push(first, absent, 12).state
  expect(routeOf(judgeReport(pushed, report(10), at(13)).state)).toMatchObject({ status: 'missing', checkedAt: at(12) })
})

test('time alone notices the end of a pushed route', () => {
  const { state } = push(first, { ...present, expiresInSeconds: 20 }, 5)
  expect(state.judgeAgainAt).toBeLessThanOrEqual(at(25))
  expect(routeOf(judgeTime(state, at(26)).state)).not.toMatchObject({ status: 'ok' })
})

describe('is refused', () => {
  test.each([
    {
      name: 'when no hypervisor reports the VM now',
      state: judgeReport(first, report(15, [other]), at(15)).state,
      seconds: 16,
      why: 'does not report this VM now',
    },
    {
      name: 'when no hypervisor ever reported the VM',
      state: judgeReport(null, report(0, [other]), at(0)).state,
      seconds: 5,
      why: 'does not report this VM now',
    },
    {
      name: 'when its hypervisor is silent',
      state: judgeTime(first, at(60)).state,
      seconds: 61,
      why: 'has not reported since',
    },
    {
      name: 'when its hypervisor is overdue but not yet judged silent',
      state: first,
      seconds: 61,
      why: 'has not reported since',
    },
  ])('$name', ({ state, seconds, why }) => {
    expect(judgePush(state, key, present, at(seconds))).toEqual({ refused: expect.stringContaining(why) })
  })
})
