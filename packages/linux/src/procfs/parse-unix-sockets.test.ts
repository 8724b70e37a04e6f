import { expect, test } from 'vitest'
import { readFixture } from '../../fixtures/read-fixture.ts'
import { parseUnixSockets } from './parse-unix-sockets.ts'

const table = readFixture('proc/net/unix')

test('reads the sockets that have a path', () => {
  const unbound = '0000000000000000: 00000003 00000000 00000000 0001 03 18237\n'
  expect(parseUnixSockets(table + unbound)).toEqual([{ inode: 418808, path: '/run/vm-101.qga' }])
})

test('a path with spaces and newlines hides no other socket', () => {
  const odd = table.replace('/run/vm-101.qga', '/tmp/a b\nNum x\n')
  expect(parseUnixSockets(`${odd}${table.split('\n')[1]}\n`)).toEqual([
    { inode: 418808, path: '/tmp/a b\nNum x\n' },
    { inode: 418808, path: '/run/vm-101.qga' },
  ])
})

test('a table that is cut, has no heading or a strange row is an error', () => {
  expect(() => parseUnixSockets(table.slice(0, -1))).toThrow('/proc/net/unix:2: expected a final newline')
  expect(() => parseUnixSockets('')).toThrow('/proc/net/unix:1: expected the heading')
  expect(() => parseUnixSockets(table.replace(': 0', '; 0'))).toThrow('/proc/net/unix:2: expected a unix socket')
})
