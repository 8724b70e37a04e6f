import { expect, test } from 'vitest'
import { encodeAllRoutersFilter, encodeAllRoutersMembership, setFilterInterface } from './encode-membership.ts'

const toHex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const ALL_ROUTERS = `ff02${'00'.repeat(13)}02`

test('a group_filter has the interface and, at byte 8, the sockaddr of the group', () => {
  const filter = encodeAllRoutersFilter(7)
  expect(toHex(filter)).toBe(`07000000000000000a00${'00'.repeat(6)}${ALL_ROUTERS}`.padEnd(288, '0'))
  setFilterInterface(filter, 0x01020304)
  expect(toHex(filter).slice(0, 8)).toBe('04030201')
})

test('an ipv6_mreq has the group and the interface', () => {
  expect(toHex(encodeAllRoutersMembership(1))).toBe(`${ALL_ROUTERS}01000000`)
})
