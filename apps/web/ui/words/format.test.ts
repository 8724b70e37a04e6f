import { describe, expect, it } from 'vitest'
import { formatBytes } from './format-bytes.ts'
import { formatCount, formatNumber, formatShare } from './format-count.ts'
import { formatAge, formatDuration, formatUntil } from './format-duration.ts'
import { formatRanges } from './format-ranges.ts'
import { formatInstant, formatInstantInFull, formatTick, nameZone } from './format-instant.ts'

const plain = (text: string) => text.replaceAll('\u00a0', ' ')
const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

describe('formatCount', () => {
  it.each([
    { value: 0, expected: 'no VMs' },
    { value: 1, expected: '1 VM' },
    { value: 84, expected: '84 VMs' },
    { value: 10_000, expected: '10,000 VMs' },
  ])('writes $value as $expected', ({ value, expected }) => {
    expect(formatCount(value, 'VM')).toBe(expected)
  })

  it('takes an irregular plural', () => {
    expect(formatCount(2, 'hypervisor has', 'hypervisors have')).toBe('2 hypervisors have')
  })
})

describe('formatShare', () => {
  it.each([
    { share: 0, expected: '0 %' },
    { share: 0.004, expected: '< 1 %' },
    { share: 0.604, expected: '60 %' },
    { share: 0.996, expected: '> 99 %' },
    { share: 1, expected: '100 %' },
  ])('writes $share as $expected', ({ share, expected }) => {
    expect(formatShare(share)).toBe(expected)
  })
})

describe('formatBytes', () => {
  it('keeps every byte', () => {
    expect(plain(formatBytes(20_440))).toBe('20,440 B')
    expect(formatNumber(131_072)).toBe('131,072')
  })
})

describe('formatDuration', () => {
  it.each([
    { length: -5, expected: '0 s' },
    { length: 999, expected: '0 s' },
    { length: 59_999, expected: '59 s' },
    { length: minute, expected: '1 min' },
    { length: 14 * minute + 59_000, expected: '14 min' },
    { length: hour, expected: '1 h' },
    { length: 3 * hour + 12 * minute, expected: '3 h 12 min' },
    { length: 10 * hour + 59 * minute, expected: '10 h' },
    { length: 47 * hour, expected: '47 h' },
    { length: 5 * day + 3 * hour, expected: '5 days' },
  ])('writes $length ms as $expected', ({ length, expected }) => {
    expect(plain(formatDuration(length))).toBe(expected)
  })
})

describe('formatAge and formatUntil', () => {
  it.each([
    { at: 1000, now: 15_000, age: '14 s ago', until: 'now' },
    { at: 15_000, now: 15_000, age: 'just now', until: 'now' },
    { at: 3 * hour, now: 0, age: 'just now', until: 'in 3 h' },
  ])('reads $at at $now', ({ at, now, age, until }) => {
    expect(plain(formatAge(at, now))).toBe(age)
    expect(plain(formatUntil(at, now))).toBe(until)
  })
})

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
    expect(formatTick(now, day, 'UTC')).toBe('12:00')
    expect(formatTick(now, 7 * day, 'UTC')).toBe('3 Mar')
  })
})

it('writes consecutive numbers as a range', () => {
  expect(formatRanges([17, 9, 15, 16, 21, 22])).toBe('9, 15–17, 21–22')
  expect(formatRanges([])).toBe('')
})

it('names the time zone with summer time', () => {
  expect(nameZone(Date.UTC(2026, 0, 1), 'Europe/Paris')).toBe('GMT+1')
  expect(nameZone(Date.UTC(2026, 6, 1), 'Europe/Paris')).toBe('GMT+2')
})
