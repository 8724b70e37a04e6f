import type { VmState } from '@slashzero/core'
import { expect, test } from 'vitest'
import { changed } from './changed.ts'
import { isRecheck } from './recheck.ts'

const check = {
  method: 'guest-agent',
  checkedAt: 2000,
  defaultRoute: 'present',
  reason: null,
  gateway: 'fe80::1',
  expiresAt: 3000,
} as const

const vm: VmState = {
  key: 'name:vm-1',
  name: 'vm-1',
  uuid: null,
  tapKeys: ['1:7'],
  route: {
    status: 'ok',
    reason: null,
    since: 1000,
    checkedAt: 2000,
    method: 'guest-agent',
    gateway: 'fe80::1',
    expiresAt: 3000,
    cause: null,
    countdown: null,
  },
  checks: [check],
  memory: { pid: 7, startedAt: null, lifetimes: { 'guest-agent': 1800 }, missedSince: null },
}

test.for([
  {
    name: 'a later check with a later end',
    after: {
      ...vm,
      route: { ...vm.route, checkedAt: 5000, expiresAt: 9000 },
      checks: [{ ...check, checkedAt: 5000, expiresAt: 9000 }],
    },
    expected: true,
  },
  {
    name: 'a check of an endless route',
    after: { ...vm, route: { ...vm.route, expiresAt: null }, checks: [{ ...check, expiresAt: null }] },
    expected: false,
  },
  { name: 'a check that cannot tell', after: { ...vm, checks: [{ ...check, reason: 'timeout' }] }, expected: false },
  {
    name: 'another check',
    after: { ...vm, checks: [check, { ...check, method: 'pushed' as const }] },
    expected: false,
  },
  { name: 'another gateway', after: { ...vm, route: { ...vm.route, gateway: 'fe80::2' } }, expected: false },
  { name: 'another status', after: { ...vm, route: { ...vm.route, status: 'missing' as const } }, expected: false },
  { name: 'another cause', after: { ...vm, route: { ...vm.route, cause: 'sends are blocked' } }, expected: false },
  {
    name: 'a countdown that the next advertisement renews',
    after: { ...vm, route: { ...vm.route, countdown: { endsAt: 9000, basis: 'seen' as const, renewable: true } } },
    expected: true,
  },
  {
    name: 'a countdown that nothing renews',
    after: { ...vm, route: { ...vm.route, countdown: { endsAt: 9000, basis: 'seen' as const, renewable: false } } },
    expected: false,
  },
  { name: 'another lifetime', after: { ...vm, memory: { ...vm.memory, lifetimes: {} } }, expected: true },
  { name: 'another tap', after: { ...vm, tapKeys: ['1:8'] }, expected: false },
  { name: 'a tap more', after: { ...vm, tapKeys: ['1:7', '1:8'] }, expected: false },
  { name: 'another process', after: { ...vm, memory: { ...vm.memory, pid: 8 } }, expected: false },
  { name: 'another name', after: { ...vm, name: 'vm-2' }, expected: false },
])('$name: only times are new is $expected', ({ after, expected }) => {
  expect(isRecheck(vm, after)).toBe(expected)
})

test.for([
  { status: 'ok', renewable: true, expected: true },
  { status: 'ok', renewable: false, expected: false },
  { status: 'expiring', renewable: true, expected: false },
] as const)('the later end of a route that is $status, renewable $renewable: $expected', ({ expected, ...route }) => {
  const ending = (endsAt: number) => {
    const countdown = { endsAt, basis: 'guest' as const, renewable: route.renewable }
    return { ...vm, route: { ...vm.route, status: route.status, countdown } }
  }
  expect(isRecheck(ending(9000), ending(20_000))).toBe(expected)
})

test('changed objects are written, and removed keys are named', () => {
  const [kept, old, gone] = [{ key: 'kept' }, { key: 'old' }, { key: 'gone' }]
  const [replaced, added] = [{ key: 'old' }, { key: 'added' }]
  expect(changed([kept, old, gone], [kept, replaced, added])).toEqual({
    written: [
      { before: old, after: replaced },
      { before: undefined, after: added },
    ],
    gone: ['gone'],
  })
})
