import { expect, test } from 'vitest'
import { readFixture } from '../../fixtures/read-fixture.ts'
import { parseIfInet6 } from './parse-if-inet6.ts'

const text = readFixture('proc/net/if_inet6')

test('reads index and prefix length as hexadecimal numbers', () => {
  const addresses = parseIfInet6(text)
  expect(addresses).toContainEqual({ ifindex: 1, address: `${'0'.repeat(31)}1`, prefixLength: 128, state: 'usable' })
  expect(addresses).toContainEqual({
    ifindex: 18,
    address: '20010db80aaa00000000000000000001',
    prefixLength: 64,
    state: 'usable',
  })
  expect(addresses).toHaveLength(text.trimEnd().split('\n').length)
})

test('a tentative address cannot be sent from', () => {
  const row = (flags: string) => `fe800000000000000000000000000001 12 40 20 ${flags}     tap1\n`
  expect(['80', '40', 'c8', 'c0', '00'].map((flags) => parseIfInet6(row(flags))[0]?.state)).toEqual([
    'usable',
    'tentative',
    'duplicate',
    'tentative',
    'usable',
  ])
})

test('an empty file has no address, and half a row is an error', () => {
  expect(parseIfInet6('')).toEqual([])
  expect(() => parseIfInet6(text.slice(0, -3))).toThrow(/^\/proc\/net\/if_inet6:\d+: expected address, ifindex/)
})
