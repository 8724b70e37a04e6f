import { expect, test } from 'vitest'
import { leaks } from './known-daemons.ts'

test.each([
  { name: 'radvd of Debian 12', input: ['radvd', '2.19', false], expected: 'yes' },
  { name: 'radvd 1', input: ['radvd', '1.15', false], expected: 'yes' },
  { name: 'radvd that leaves the group', input: ['radvd', '2.20', false], expected: 'no' },
  { name: 'radvd with a longer version', input: ['radvd', '2.20.1~rc1', false], expected: 'no' },
  { name: 'radvd 3', input: ['radvd', '3.0', false], expected: 'no' },
  { name: 'an upgraded file says nothing of the process that still runs', input: ['radvd', '2.20', true], expected: 'unknown' },
  { name: 'radvd of no known version', input: ['radvd', null, false], expected: 'unknown' },
  { name: 'dnsmasq', input: ['dnsmasq', '2.90', false], expected: 'yes' },
  { name: 'a daemon that nobody measured', input: ['bird', '2.0', false], expected: 'unknown' },
] as const)('$name: $expected', ({ input: [daemon, version, deleted], expected }) => {
  expect(leaks(daemon, version, deleted)).toBe(expected)
})
