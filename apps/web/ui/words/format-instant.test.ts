import { describe, expect, it } from 'vitest'
import { formatInstant, formatInstantInFull, formatTick, nameZone } from './format-instant.ts'

const DAY = 86_400_000

describe('formatInstant', () => {
  const now = Date.UTC(2026, 2, 3, 12, 0, 0)
  it.each([
    { name: 'today', at: Date.UTC(2026, 2, 3, 3, 12), expected: '03:12' },
    { name: 'midnight, not 24:00', at: Date.UTC(2026, 2, 3, 0, 0), expected: '00:00' },
    { name: 'the same clock yesterday', at: Date.UTC(2026, 2, 2, 3, 12), expected: '2 Mar 03:12' },
    { name: 'the same day last year', at: Date.UTC(2025, 2, 3, 3, 12), expected: '3 Mar 2025 03:12' },
  ])('writes $name', ({ at, expected }) => {
    expect(formatInstant(at, now, 'UTC')).toBe(expected)
  })

  it('takes today from the reader’s time zone', () => {
    const late = Date.UTC(2026, 2, 2, 23, 30)
    expect(formatInstant(late, now, 'Europe/Paris')).toBe('00:30')
    expect(formatInstantInFull(late, 'Europe/Paris')).toBe('3 Mar 2026 00:30:00 GMT+1')
  })

  it('marks an axis by clock or by day', () => {
    expect(formatTick(now, DAY, 'UTC')).toBe('12:00')
    expect(formatTick(now, 7 * DAY, 'UTC')).toBe('3 Mar')
  })
})

it('names the time zone with summer time', () => {
  expect(nameZone(Date.UTC(2026, 0, 1), 'Europe/Paris')).toBe('GMT+1')
  expect(nameZone(Date.UTC(2026, 6, 1), 'Europe/Paris')).toBe('GMT+2')
})
