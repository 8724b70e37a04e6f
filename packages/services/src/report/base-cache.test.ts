import { buildReport, buildTap } from '@slashzero/contract/testing'
import { expect, test } from 'vitest'
import { createBaseCache } from './base-cache.ts'

const report = buildReport(1)

function setUp(capacity = 10_000) {
  let now = 0
  const cache = createBaseCache(capacity, () => now)
  return { cache, advance: (milliseconds: number) => (now += milliseconds) }
}

test('each report of a host has a name of its own, and the delta’s base is remembered', () => {
  const { cache } = setUp()
  const first = cache.keep('a', report, 100)
  expect(cache.get('a')).toMatchObject({ name: first, previous: null, report })
  const second = cache.keep('a', buildReport(2), 10, cache.get('a'))
  expect(second).not.toBe(first)
  expect(cache.get('a')).toMatchObject({ name: second, previous: first, report: { sequence: 2 } })
  expect(cache.get('b')).toBeUndefined()
})

test('another process gives other names', () => {
  expect(setUp().cache.keep('a', report, 100)).not.toBe(setUp().cache.keep('a', report, 100))
})

test('a full cache serves the hosts that it holds, and forgets idle hosts', () => {
  const { cache, advance } = setUp(250)
  cache.keep('a', report, 100)
  cache.keep('b', report, 100)
  expect(cache.keep('c', report, 100)).toBeUndefined()
  advance(200_000)
  expect(cache.keep('a', report, 100)).toBeDefined()
  advance(200_000)
  expect(cache.keep('c', report, 100)).toBeDefined()
  expect([cache.get('a'), cache.get('b')]).toEqual([expect.anything(), undefined])
})

test('a report that deltas made large is counted again', () => {
  const { cache } = setUp()
  cache.keep('a', report, 1000)
  const large = buildReport(2, { taps: Array.from({ length: 100 }, (_, index) => buildTap(index + 1)) })
  expect(cache.keep('a', large, 999, cache.get('a'))).toBeDefined()
  expect(cache.keep('a', large, 1, cache.get('a'))).toBeUndefined()
  expect(cache.get('a')).toBeUndefined()
})
