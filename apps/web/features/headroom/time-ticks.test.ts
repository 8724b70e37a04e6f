import { describe, expect, it } from 'vitest'
import { offsetMinutesOf, timeTicks } from './time-ticks.ts'
import { MINUTE } from './testing/sockets.ts'

describe('timeTicks', () => {
  it('marks round hours of the reader’s day', () => {
    const from = Date.UTC(2026, 2, 3, 3, 26)
    const ticks = timeTicks(from, from + 6 * 60 * MINUTE, 8, 330)
    expect(ticks.map((tick) => new Date(tick + 330 * MINUTE).toISOString().slice(11, 16))).toEqual([
      '09:00',
      '10:00',
      '11:00',
      '12:00',
      '13:00',
      '14:00',
    ])
  })

  it('stays within the bound over 30 days', () => {
    const ticks = timeTicks(0, 30 * 24 * 60 * MINUTE, 8, 0)
    expect(ticks.length).toBeLessThanOrEqual(8)
    expect(ticks.length).toBeGreaterThan(3)
  })
})

it.each([
  { zone: 'Asia/Kolkata', expected: 330 },
  { zone: 'America/St_Johns', expected: -210 },
  { zone: 'UTC', expected: 0 },
])('knows how far $zone is ahead of UTC', ({ zone, expected }) => {
  expect(offsetMinutesOf(Date.UTC(2026, 0, 3), zone)).toBe(expected)
})
