import { expect, test } from 'vitest'
import { readFixture } from '../../fixtures/read-fixture.ts'
import { parseDescriptor, parseExecutable, parseTunInterface } from './parse-descriptor.ts'

test.each([
  ['socket:[6813]', { kind: 'socket', inode: 6813 }],
  ['net:[4026531840]', { kind: 'namespace', inode: 4026531840 }],
  ['/dev/net/tun', { kind: 'tun' }],
  ['/net/tun', { kind: 'tun' }],
  ['/dev/tap12', { kind: 'macvtap', ifindex: 12 }],
  ['/dev/tap', { kind: 'other' }],
  ['/tmp/socket:[1]', { kind: 'other' }],
  ['anon_inode:[eventpoll]', { kind: 'other' }],
])('%s', (link, expected) => {
  expect(parseDescriptor(link)).toEqual(expected)
})

test('reads the interface of a tun descriptor, whatever bytes it has', () => {
  expect(parseTunInterface(readFixture('proc/101/fdinfo/8'))).toBe('tap101')
  expect(parseTunInterface('pos:\t0\niff:\t\xff"\x1b[1m\n')).toBe('\xff"\x1b[1m')
})

test('an unattached descriptor has no interface; a missing line is an error', () => {
  expect(parseTunInterface('pos:\t0\nflags:\t02\niff:\t\n')).toBeNull()
  expect(() => parseTunInterface('pos:\t0\nflags:\t02\n', '/proc/1/fdinfo/3')).toThrow(
    '/proc/1/fdinfo/3:3: expected a line iff:',
  )
  expect(() => parseTunInterface('', '/proc/1/fdinfo/3')).toThrow('/proc/1/fdinfo/3:1: expected a line pos:')
})

test('recognizes an executable that was replaced', () => {
  expect(parseExecutable('/usr/sbin/radvd')).toEqual({ path: '/usr/sbin/radvd', deleted: false })
  expect(parseExecutable('/usr/sbin/radvd (deleted)')).toEqual({ path: '/usr/sbin/radvd', deleted: true })
})
