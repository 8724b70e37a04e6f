import { expect, test } from 'vitest'
import { delayRetry, delayUnauthorised, readRetryAfter } from './delay-retry.ts'

test('the ceiling doubles from 1 s to 60 s, and the wait lies below the ceiling', () => {
  const ceilings = [1, 2, 3, 6, 7, 8, 5000].map((failures) => delayRetry(failures, () => 1))
  expect(ceilings).toEqual([1000, 2000, 4000, 32_000, 60_000, 60_000, 60_000])
  expect(delayRetry(3, () => 0.25)).toBe(1000)
  expect(delayRetry(9, () => 0)).toBe(0)
})

test('a refused credential is tried again slowly', () => {
  expect([delayUnauthorised(() => 0), delayUnauthorised(() => 1)]).toEqual([30_000, 60_000])
})

test.each([
  { name: 'seconds', header: '7', expected: 7000 },
  { name: 'seconds with blanks', header: ' 7 ', expected: 7000 },
  { name: 'a date to come', header: 'Thu, 01 Jan 2026 00:00:09 GMT', expected: 9000 },
  { name: 'a date gone by', header: 'Wed, 31 Dec 2025 23:00:00 GMT', expected: 0 },
  { name: 'a year', header: '31536000', expected: 3_600_000 },
  { name: 'nonsense', header: 'soon', expected: null },
  { name: 'no header', header: null, expected: null },
])('Retry-After as $name', ({ header, expected }) => {
  expect(readRetryAfter(header, Date.parse('2026-01-01T00:00:00Z'))).toBe(expected)
})
