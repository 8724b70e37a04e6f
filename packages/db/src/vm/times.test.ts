import type { RouteCheckState, RouteVerdict } from '@slashzero/core'
import { expect, test } from 'vitest'
import { decodeTimes, encodeTimes, hashKeys, hashOf, recallVm, withTimes } from './times.ts'

const base = Date.UTC(2026, 5, 15, 12)

const encode = (vms: ReturnType<typeof buildVm>[], observedAt = base) => encodeTimes(vms, observedAt, hashKeys(vms))

type Times = readonly [checkedAt: number, expiresAt: number | null]

function buildVm(key: string, checks: readonly Times[], [checkedAt, expiresAt, endsAt]: readonly (number | null)[]) {
  const route: RouteVerdict = {
    status: 'ok',
    reason: null,
    since: 1,
    checkedAt: checkedAt ?? null,
    method: 'guest-agent',
    gateway: 'fe80::1',
    expiresAt: expiresAt ?? null,
    cause: null,
    countdown: endsAt == null ? null : { endsAt, basis: 'seen', renewable: endsAt % 2 === 1 },
  }
  const lifetimes = checks.length === 1 ? { 'guest-agent': 1799 } : {}
  const memory = { missedSince: null, pid: null, startedAt: null, lifetimes }
  return { key, name: key, uuid: null, tapKeys: [], route, checks: checks.map(toCheck), memory }
}

function toCheck([checkedAt, expiresAt]: Times): RouteCheckState {
  return { method: 'guest-agent', checkedAt, defaultRoute: 'present', reason: null, gateway: null, expiresAt }
}

const [FIRST, LAST] = [0, Date.UTC(9999, 11, 31)]

test.for([
  {
    name: 'a check of an agent',
    vm: buildVm('a', [[base - 700, base + 1_799_300]], [base - 700, base + 1_799_300, base + 1_799_300]),
  },
  { name: 'an endless route', vm: buildVm('a', [[base, null]], [base, null, null]) },
  {
    name: 'two methods',
    vm: buildVm(
      'a',
      [
        [base - 90_000, null],
        [base + 5, base + 9],
      ],
      [base + 5, base + 9, base - 1],
    ),
  },
  { name: 'a countdown without a check', vm: buildVm('a', [], [null, null, base + 1]) },
  { name: 'a verdict without its check', vm: buildVm('a', [[base, base]], [null, null, null]) },
  { name: 'the first and last times', vm: buildVm('a', [[LAST, FIRST]], [FIRST, LAST, FIRST]) },
])('$name: the times written are the times read', ({ vm }) => {
  const read = decodeTimes(encode([vm, buildVm('none', [], [null, null, null])]))
  expect([...read.keys()]).toEqual([hashOf('a')])
  const stale = {
    ...vm,
    route: {
      ...vm.route,
      checkedAt: vm.route.checkedAt === null ? null : 7,
      expiresAt: vm.route.expiresAt === null ? null : 7,
      countdown: null,
    },
    checks: vm.checks.map((check) => ({ ...check, checkedAt: 7, expiresAt: check.expiresAt === null ? null : 7 })),
  }
  expect(withTimes(stale, read.get(hashOf('a')))).toEqual(vm)
  const memory = { ...vm.memory, lifetimes: { pushed: 5 } }
  expect(recallVm({ ...stale, memory }, read.get(hashOf('a'))).memory.lifetimes).toEqual({
    pushed: 5,
    ...vm.memory.lifetimes,
  })
})

test('times beyond the years 1970 to 9999 are limited', () => {
  const vm = buildVm('a', [[-5, LAST + 5]], [0.4, LAST + 0.5, 1e15])
  const read = withTimes(vm, decodeTimes(encode([vm], 1e15)).get(hashOf('a')))
  expect(read).toEqual(buildVm('a', [[FIRST, LAST]], [FIRST, LAST, LAST]))
})

test('times of other checks than the row has are not shown', () => {
  const row = buildVm('a', [[base, base + 5]], [base, base + 5, null])
  const later = buildVm(
    'a',
    [
      [base + 9, null],
      [base + 9, null],
    ],
    [base + 9, null, null],
  )
  expect(withTimes(row, decodeTimes(encode([later])).get(hashOf('a')))).toBe(row)
  expect(withTimes(row, decodeTimes(null).get(hashOf('a')))).toBe(row)
})

test('a hundred VMs with an agent take less than 2,000 bytes', () => {
  const vms = Array.from({ length: 100 }, (_, place) => {
    const [checkedAt, expiresAt] = [base - place * 15, base + 1_700_000 + place]
    return buildVm(`0e5d4c3b-7f21-4a43-9d5e-${place}`, [[checkedAt, expiresAt]], [checkedAt, expiresAt, expiresAt])
  })
  expect(encode(vms).length).toBeLessThan(2000)
})

test('VMs whose keys have one hash keep their times in their rows', () => {
  const keys = ['name:vm-109771', 'name:vm-1009980', 'name:vm-1']
  expect(hashOf('name:vm-109771')).toBe(hashOf('name:vm-1009980'))
  const vms = keys.map((key) => buildVm(key, [[base, null]], [base, null, null]))
  const { namesakes } = hashKeys(vms)
  expect(namesakes).toEqual(new Set(['name:vm-109771', 'name:vm-1009980']))
  expect([...decodeTimes(encode(vms)).keys()]).toEqual([hashOf('name:vm-1')])
})
