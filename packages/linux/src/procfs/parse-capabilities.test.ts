import { expect, test } from 'vitest'
import { ShapeError } from '../text/shape-error.ts'
import { parseCapabilities } from './parse-capabilities.ts'

const status = (mask: string) => `Name:\tnode\nCapPrm:\t000001ffffffffff\nCapEff:\t${mask}\nCapBnd:\t000001ffffffffff\n`

test.each([
  ['0000000000000000', []],
  ['0000000000080004', ['CAP_DAC_READ_SEARCH', 'CAP_SYS_PTRACE']],
  ['0000000000200000', ['CAP_SYS_ADMIN']],
  [
    '000001fffeffffff',
    ['CAP_DAC_OVERRIDE', 'CAP_DAC_READ_SEARCH', 'CAP_NET_ADMIN', 'CAP_NET_RAW', 'CAP_SYS_PTRACE', 'CAP_SYS_ADMIN'],
  ],
])('%s', (mask, expected) => {
  expect([...parseCapabilities(status(mask))]).toEqual(expected)
})

test.each(['', 'CapEff:\t', 'CapEff:\txyz\n', 'Name:\tCapEff: 0\n'])('refuses the status %j', (text) => {
  expect(() => parseCapabilities(text)).toThrow(ShapeError)
})
