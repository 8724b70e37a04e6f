import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { readFixture } from '../../fixtures/read-fixture.ts'
import { ALL_ROUTERS, parseIgmp6 } from './parse-igmp6.ts'

const ALL_NODES = 'ff020000000000000000000000000001'
const ODD_NAME = '\xff\xfe\x01"\'<b>\\\x1b[1m'

test('reads index, name and users of a group, whatever bytes the name has', () => {
  const all = parseIgmp6(readFixture('proc/net/igmp6'), ALL_NODES)
  expect(all).toHaveLength(9)
  expect(all[0]).toEqual({ ifindex: 1, interfaceName: 'lo', users: 1 })
  const routers = parseIgmp6(readFixture('proc/net/igmp6'), ALL_ROUTERS)
  expect(routers.map(({ interfaceName, users }) => [interfaceName, users])).toContainEqual([ODD_NAME, 1])
})

test('an empty table means no interface with IPv6 and is not an error', () => {
  expect(parseIgmp6(readFixture('proc/net/igmp6.ipv6-off'), ALL_ROUTERS)).toEqual([])
})

test.each([
  ['igmp6.truncated', /^proc\/net\/igmp6.truncated:10: expected ifindex, name, group/],
  ['igmp6.missing-columns', /^proc\/net\/igmp6.missing-columns:2: expected ifindex, name, group/],
])('%s is an error with file and line', (name, message) => {
  const file = `proc/net/${name}`
  expect(() => parseIgmp6(readFixture(file), 'ff010000000000000000000000000001', file)).toThrow(message)
})

test('gives back what the kernel would print', () => {
  const nameByte = fc.integer({ min: 1, max: 255 }).filter((byte) => byte > 13 && byte !== 0x20 && byte !== 0xa0)
  const row = fc.record({
    ifindex: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    interfaceName: fc.array(nameByte, { minLength: 1, maxLength: 15 }).map((bytes) => String.fromCharCode(...bytes)),
    group: fc.constantFrom(ALL_NODES, ALL_ROUTERS),
    users: fc.nat(2 ** 31 - 1),
  })
  fc.assert(
    fc.property(fc.array(row), (rows) => {
      const text = rows.map(({ ifindex, interfaceName, group, users }) => {
        return `${String(ifindex).padEnd(4)} ${interfaceName.padEnd(15)} ${group} ${String(users).padStart(5)} 0000000C 0\n`
      })
      for (const wanted of [ALL_NODES, ALL_ROUTERS]) {
        const expected = rows
          .filter(({ group }) => group === wanted)
          .map(({ ifindex, interfaceName, users }) => ({ ifindex, interfaceName, users }))
        expect(parseIgmp6(text.join(''), wanted)).toEqual(expected)
      }
    }),
  )
})
