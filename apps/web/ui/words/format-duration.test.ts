import { describe, expect, it } from 'vitest'
import { formatAge, formatDuration, formatUntil } from './format-duration.ts'

const plain = (text: string) => text.replaceAll('\u00a0', ' ')
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

describe('formatDuration', () => {
  it.each([
    { length: -5, expected: '0 s' },
    { length: 999, expected: '0 s' },
    { length: 59_999, expected: '59 s' },
    { length: MINUTE, expected: '1 min' },
    { length: 14 * MINUTE + 59_000, expected: '14 min' },
    { length: HOUR, expected: '1 h' },
    { length: 3 * HOUR + 12 * MINUTE, expected: '3 h 12 min' },
    { length: 10 * HOUR + 59 * MINUTE, expected: '10 h' },
    { length: 47 * HOUR, expected: '47 h' },
    { length: 5 * DAY + 3 * HOUR, expected: '5 days' },
  ])('writes $length ms as $expected', ({ length, expected }) => {
    expect(plain(formatDuration(length))).toBe(expected)
  })
})

describe('formatAge and formatUntil', () => {
  it.each([
    { at: 1000, now: 15_000, age: '14 s ago', until: 'now' },
    { at: 15_000, now: 15_000, age: 'just now', until: 'now' },
    { at: 3 * HOUR, now: 0, age: 'just now', until: 'in 3 h' },
  ])('reads $at at $now', ({ at, now, age, until }) => {
    expect(plain(formatAge(at, now))).toBe(age)
    expect(plain(formatUntil(at, now))).toBe(until)
  })
})
