import { expect, test } from 'vitest'
import { toServerClock } from './read-clock.ts'

test.each([
  '2026-01-01T10:20:30.456Z',
  '2026-01-01T10:20:31.001Z',
  '2026-01-01T10:21:00.000Z',
  '2026-01-02T10:21:00.000Z',
  '2024-02-29T23:59:59.999Z',
  '2026-01-01T10:20:30Z',
  '2026-01-01T10:20:30.4567Z',
  '2026-01-01T10:20:30.456+02:00',
])('the instant %s is read as a date is', (instant) => {
  const clock = { clockSkew: 0, receivedAt: Date.UTC(2100, 0) }
  expect(toServerClock(instant, clock)).toBe(Date.parse(instant))
  expect(toServerClock(instant, clock)).toBe(Date.parse(instant))
})
