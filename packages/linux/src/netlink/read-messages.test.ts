import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { attempt, readDatagrams } from '../../fixtures/read-fixture.ts'
import { parseLink } from './links.ts'
import { encodeRequest, NetlinkError, readDump, readMessages } from './read-messages.ts'

const done = encodeRequest(3, 2, 1, new Uint8Array(4))
const numbers = (...values: number[]) => new Uint8Array(new Int32Array(values).buffer)

test('a dump ends with NLMSG_DONE', () => {
  expect(readDump(done, 'x')).toEqual({ messages: [], done: true, interrupted: false })
  expect(
    readDatagrams('netlink/getlink.hex')
      .map((datagram) => readDump(datagram, 'x').done)
      .lastIndexOf(true),
  ).toBeGreaterThan(0)
})

test('marks a list that changed during the dump', () => {
  expect(readDump(encodeRequest(3, 0x12, 1, new Uint8Array(4)), 'x')).toMatchObject({ done: true, interrupted: true })
})

test.each([2, 3])('an error in a message of type %d is thrown with its number', (type) => {
  const refuse = () => readDump(encodeRequest(type, 0, 1, numbers(-2, 0)), 'sock_diag')
  expect(refuse).toThrow(NetlinkError)
  expect(refuse).toThrow('sock_diag: the kernel answered with errno 2')
})

test('a part of a datagram is an error or has fewer messages', () => {
  const datagram = readDatagrams('netlink/getlink.hex')[0] ?? new Uint8Array()
  const whole = readMessages(datagram, 'x')
  for (let length = 0; length < datagram.length; length += 1) {
    const part = attempt(() => readMessages(datagram.subarray(0, length), 'x')) ?? []
    expect(part).toEqual(whole.slice(0, part.length))
  }
})

test('any bytes end in messages or an expected error', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const link = attempt(() =>
        readDump(encodeRequest(16, 2, 1, bytes), 'x').messages.map((message) => parseLink(message)),
      )
      expect(link === null || link.length === 1).toBe(true)
    }),
  )
})
