import type { HypervisorState } from '@slashzero/core'
import { expect, test } from 'vitest'
import { createStateCache } from './state-cache.ts'

const state: HypervisorState = {
  bootId: 'boot',
  status: 'healthy',
  statusReason: '',
  statusSince: 0,
  lastSeenAt: 0,
  observedAt: 0,
  clockSkew: 0,
  membershipBytes: 56,
  sockets: [],
  taps: [],
  vms: [],
  judgeAgainAt: 0,
  memory: { sequence: 1, reportGaps: [], verdict: { status: 'healthy', reason: '' } },
}

const known = { state, host: null }

test('a state is valid only for the stored version', () => {
  const cache = createStateCache(10, () => 0)
  cache.set('hv_1', 4, known)
  expect(cache.get('hv_1', 4)).toBe(known)
  expect(cache.get('hv_1', 5)).toBeUndefined()
  expect(cache.get('hv_2', 4)).toBeUndefined()
})

test('a full cache keeps used states and drops idle states', () => {
  let now = 0
  const cache = createStateCache(2, () => now)
  for (const id of ['hv_1', 'hv_2', 'hv_3']) cache.set(id, 1, known)
  expect(['hv_1', 'hv_2', 'hv_3'].map((id) => cache.get(id, 1) !== undefined)).toEqual([true, true, false])
  now = 200_000
  cache.get('hv_2', 1)
  now = 400_000
  cache.set('hv_3', 1, known)
  expect(['hv_1', 'hv_2', 'hv_3'].map((id) => cache.get(id, 1) !== undefined)).toEqual([false, true, true])
})

test('a state that is written again counts once', () => {
  const cache = createStateCache(1, () => 0)
  for (let version = 1; version <= 3; version++) cache.set('hv_1', version, known)
  expect(cache.get('hv_1', 3)).toBe(known)
})
