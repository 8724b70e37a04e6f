import { expect, test } from 'vitest'
import { attempt, readDatagrams } from '../../fixtures/read-fixture.ts'
import { encodeNeighbourRequest, parseNeighbour } from './neighbours.ts'
import { encodeRequest, readDump } from './read-messages.ts'

const messages = readDatagrams('netlink/getneigh.hex').flatMap((datagram) => readDump(datagram, 'getneigh').messages)
const rows = messages.map((message) => parseNeighbour(message))
const find = (address: string) => rows.find((row) => row?.address === address)

test('reads permanent, reachable and failed neighbours', () => {
  expect(find('20010db80aaa000000000000000000f1')).toEqual({
    ifindex: 18,
    address: '20010db80aaa000000000000000000f1',
    linkAddress: '020000000001',
    permanent: true,
  })
  expect(find('20010db80aaa0000000000000000000a')).toMatchObject({
    ifindex: 18,
    linkAddress: '020000000a0a',
    permanent: false,
  })
  expect(find('20010db80aaa0000000000000000000b')).toMatchObject({ linkAddress: null })
})

test("reads a bridge's row as a link address behind a port", () => {
  const learnt = rows.filter((row) => row?.address === null && row.linkAddress === '020000000c0c')
  expect(learnt).toEqual([{ ifindex: 20, address: null, linkAddress: '020000000c0c', permanent: false }])
})

test('a row of another family or of a proxy is not a neighbour', () => {
  const [first] = messages
  if (first === undefined) throw new Error('the fixture has a message')
  const ipv4 = Uint8Array.from(first.payload)
  ipv4[0] = 2
  const proxy = Uint8Array.from(first.payload)
  proxy[10] = 8
  expect([ipv4, proxy].map((payload) => parseNeighbour({ ...first, payload }))).toEqual([null, null])
})

test('builds the requests that the kernel answered', () => {
  const hex = (table: 'inet6' | 'bridge') => Buffer.from(encodeNeighbourRequest(table, 1)).toString('hex')
  expect(hex('inet6')).toBe('1c0000001e00010301000000000000000a0000000000000000000000')
  expect(hex('bridge')).toBe('1c0000001e000103010000000000000007000000' + '00'.repeat(8))
})

test('a cut row is an error or has fewer attributes, never another address', () => {
  for (const [index, { payload }] of messages.entries()) {
    for (let length = 0; length < payload.length; length += 1) {
      const part = attempt(() => parseNeighbour({ type: 28, flags: 0, payload: payload.subarray(0, length) }))
      const { address, ifindex } = part ?? rows[index] ?? {}
      expect([address, ifindex]).toEqual([rows[index]?.address, rows[index]?.ifindex])
    }
  }
  const [message] = readDump(encodeRequest(24, 0, 1, new Uint8Array(12)), 'x').messages
  expect(() => message && parseNeighbour(message)).toThrow('expected RTM_NEWNEIGH')
})
