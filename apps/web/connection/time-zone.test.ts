import { expect, test } from 'vitest'
import { readTimeZone } from './time-zone.ts'

test.each([
  { name: 'a known zone', cookie: 'Europe%2FParis', expected: 'Europe/Paris' },
  { name: 'another spelling', cookie: 'eUROPE/pARIS', expected: 'Europe/Paris' },
  { name: 'no cookie', cookie: undefined, expected: 'UTC' },
  { name: 'no zone', cookie: 'Mars/Olympus', expected: 'UTC' },
  { name: 'a broken escape', cookie: '%zz', expected: 'UTC' },
  { name: 'a long text', cookie: 'a'.repeat(100_000), expected: 'UTC' },
])('the time zone of a reader: $name', ({ cookie, expected }) => {
  expect(readTimeZone(cookie)).toBe(expected)
})
