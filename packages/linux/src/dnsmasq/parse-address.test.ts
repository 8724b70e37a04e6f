import { isIPv6 } from 'node:net'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseAddress } from './parse-address.ts'

test.each([
  ['::', 0n],
  ['::1', 1n],
  ['fd00::', 0xfd00n << 112n],
  ['1:2:3:4:5:6:7:8', 0x0001000200030004000500060007_0008n],
  ['::ffff:192.0.2.1', 0xffffc0000201n],
])('%s', (text, value) => {
  expect(parseAddress(text)).toBe(value)
})

test('accepts the addresses that Node accepts, and no others', () => {
  const part = fc.constantFrom('0', 'fd00', '12345', ':', '::', '1.2.3.4', '1.2.3.256', 'g', '%eth0', '')
  fc.assert(
    fc.property(fc.array(part, { maxLength: 17 }), (parts) => {
      const text = parts.join('')
      expect([text, parseAddress(text) !== null]).toEqual([text, isIPv6(text) && !text.includes('%')])
    }),
    { numRuns: 5000 },
  )
})
