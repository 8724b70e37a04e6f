import { expect, test } from 'vitest'
import { attempt, readFixture } from '../../fixtures/read-fixture.ts'
import { IPPROTO_ICMPV6 } from '../uapi.ts'
import { parseRaw6 } from './parse-raw6.ts'

test('reads protocol, uid, inode and drops', () => {
  expect(parseRaw6(readFixture('proc/net/raw6'))).toEqual([
    { protocol: IPPROTO_ICMPV6, uid: 0, inode: 418760, receiveDrops: 0 },
  ])
})

test('reads several sockets with uids and pointers of any width', () => {
  const text = readFixture('proc/net/raw6')
  const row = text.split('\n')[1] ?? ''
  const other = row
    .replace(':003A ', ':0059 ')
    .replace(/ 0 {8}0 418760/, ' 4294967294        0 4294967295')
    .replace(/ 0$/, ' 4294967295')
  expect(parseRaw6(`${text}${other}\n`)[1]).toEqual({
    protocol: 89,
    uid: 4294967294,
    inode: 4294967295,
    receiveDrops: 4294967295,
  })
})

test('a part of the file is an error or has fewer sockets, never others', () => {
  const text = readFixture('proc/net/raw6')
  const whole = parseRaw6(text)
  for (let length = 0; length < text.length; length += 1) {
    const part = attempt(() => parseRaw6(text.slice(0, length))) ?? []
    expect(part).toEqual(whole.slice(0, part.length))
  }
})

test.each([
  ['raw6.truncated', /^proc\/net\/raw6.truncated:2: expected a final newline/],
  ['raw6.no-heading', /^proc\/net\/raw6.no-heading:1: expected the heading/],
])('%s is an error with file and line', (name, message) => {
  const file = `proc/net/${name}`
  expect(() => parseRaw6(readFixture(file), file)).toThrow(message)
})
