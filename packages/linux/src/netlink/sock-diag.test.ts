import { expect, test } from 'vitest'
import { readDatagrams } from '../../fixtures/read-fixture.ts'
import { readDump } from './read-messages.ts'
import { encodeRawIcmpv6Request, parseDiagnosedSocket } from './sock-diag.ts'

const messages = readDatagrams('netlink/sock-diag-raw-icmpv6.hex').flatMap(
  (datagram) => readDump(datagram, 'sock_diag').messages,
)

test('reads the same memory of a full radvd socket as ss', () => {
  expect(messages.map((message) => parseDiagnosedSocket(message))).toEqual([{ inode: 1414, optmemBytes: 20440 }])
})

test('asks for the raw protocol in the pad byte of a request for IPPROTO_RAW', () => {
  const hex = Buffer.from(encodeRawIcmpv6Request(2)).toString('hex')
  expect(hex).toBe(`480000001400010302000000000000000aff403affffffff${'00'.repeat(48)}`)
})

test('an answer that lacks memory or is cut is an error, not zero', () => {
  const [message] = messages
  if (message === undefined) throw new Error('the fixture has a message')
  const { payload } = message
  expect(() => parseDiagnosedSocket({ ...message, payload: payload.subarray(0, 72) })).toThrow(
    'expected the attribute INET_DIAG_SKMEMINFO',
  )
  expect(() => parseDiagnosedSocket({ ...message, payload: payload.subarray(0, 60) })).toThrow(
    'expected an inet_diag_msg',
  )
  expect(() => parseDiagnosedSocket({ ...message, payload: payload.subarray(0, 130) })).toThrow(
    'expected a netlink attribute within its message',
  )
})
