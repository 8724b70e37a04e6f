import { expect, test } from 'vitest'
import { parseSource, sharesPrefix } from './parse-source.ts'

test.each([
  ['2001:db8:ffff::1', '20010db8ffff00000000000000000001'],
  ['2001:DB8:0:0:1:2:3:4', '20010db8000000000001000200030004'],
  ['fd00::', 'fd000000000000000000000000000000'],
  ['2001:db8::192.0.2.1', '20010db80000000000000000c0000201'],
])('%s is global', (text, expected) => {
  expect(parseSource(text)).toBe(expected)
})

test.each([
  '',
  '::',
  '::1',
  'fe80::1',
  'fe80::1%eth0',
  '2001:db8::1%eth0',
  'ff02::1',
  '192.0.2.1',
  '::ffff:192.0.2.1',
  '2001:db8::/64',
  'a b',
])('%j is not a valid source address', (text) => {
  expect(parseSource(text)).toBeNull()
})

test('compares prefixes that end within a group', () => {
  const address = '20010db8ffff00000000000000000001'
  expect([64, 128, 0].map((length) => sharesPrefix(address, address, length))).toEqual([true, true, true])
  expect([35, 36].map((length) => sharesPrefix(address, '20010db8efff00000000000000000001', length))).toEqual([
    true,
    false,
  ])
})
