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

const known = { version: 4, lastSequence: 1, state, vms: null, host: null }

test('a state is known until it is forgotten', () => {
  const cache = createStateCache(8000, () => 0)
  cache.set('hv_1', known)
  expect(cache.get('hv_1')).toEqual(known)
  expect(cache.get('hv_2')).toBeUndefined()
  cache.forget('hv_1')
  expect(cache.get('hv_1')).toBeUndefined()
})

test('a full cache keeps used states and drops idle states', () => {
  let now = 0
  const cache = createStateCache(1600, () => now)
  for (const id of ['hv_1', 'hv_2', 'hv_3']) cache.set(id, known)
  expect(['hv_1', 'hv_2', 'hv_3'].map((id) => cache.get(id) !== undefined)).toEqual([true, true, false])
  now = 200_000
  cache.get('hv_2')
  now = 400_000
  cache.set('hv_3', known)
  expect(['hv_1', 'hv_2', 'hv_3'].map((id) => cache.get(id) !== undefined)).toEqual([false, true, true])
})

test('a state that is written again counts once', () => {
  const cache = createStateCache(800, () => 0)
  for (let version = 1; version <= 3; version++) cache.set('hv_1', { ...known, version })
  expect(cache.get('hv_1')).toEqual({ ...known, version: 3 })
})
