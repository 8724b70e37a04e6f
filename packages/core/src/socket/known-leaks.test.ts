import { expect, test } from 'vitest'
import { leaks } from './known-leaks.ts'

test.each([
  { name: 'radvd of Debian 12', input: ['radvd', '2.19'], expected: 'yes' },
  { name: 'radvd 1', input: ['radvd', '1.15'], expected: 'yes' },
  { name: 'radvd that leaves the group', input: ['radvd', '2.20'], expected: 'no' },
  { name: 'radvd with a longer version', input: ['radvd', '2.20.1~rc1'], expected: 'no' },
  { name: 'radvd 3', input: ['radvd', '3.0'], expected: 'no' },
  { name: 'radvd of no known version', input: ['radvd', null], expected: 'unknown' },
  { name: 'dnsmasq', input: ['dnsmasq', '2.90'], expected: 'yes' },
  { name: 'a daemon that nobody measured', input: ['bird', '2.0'], expected: 'unknown' },
] as const)('$name: $expected', ({ input: [daemon, version], expected }) => {
  expect(leaks(daemon, version)).toBe(expected)
})
