import { expect, test } from 'vitest'
import { tightestSocket } from './tightest-socket.ts'

const roomy = { optmemBytes: 560, optmemMaxBytes: 20480, joinsLeft: 355, sendsBlocked: false }
const tight = { optmemBytes: 18_480, optmemMaxBytes: 20480, joinsLeft: 35, sendsBlocked: false }
const large = { optmemBytes: 100_000, optmemMaxBytes: 131_072, joinsLeft: 554, sendsBlocked: false }
const blocked = { optmemBytes: 2000, optmemMaxBytes: 2000, joinsLeft: 0, sendsBlocked: true }
const unmeasured = { optmemBytes: null, optmemMaxBytes: 20480, joinsLeft: null, sendsBlocked: null }

test.each([
  { name: 'none', input: [], expected: null },
  { name: 'the share used, not the bytes', input: [roomy, large, tight], expected: tight },
  { name: 'a blocked socket before all others', input: [tight, blocked], expected: blocked },
  { name: 'a measured socket before an unmeasured socket', input: [unmeasured, roomy], expected: roomy },
  { name: 'an unmeasured socket if there is no other', input: [unmeasured], expected: unmeasured },
])('$name', ({ input, expected }) => {
  expect(tightestSocket(input)).toBe(expected)
})
