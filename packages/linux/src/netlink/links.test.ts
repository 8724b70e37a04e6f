import { expect, test } from 'vitest'
import { readDatagrams } from '../../fixtures/read-fixture.ts'
import { encodeLinkRequest, parseLink, parseLinkEvents } from './links.ts'
import { readDump } from './read-messages.ts'

const read = (file: string) =>
  readDatagrams(file).flatMap((datagram) => readDump(datagram, file).messages.map((message) => parseLink(message)))
const links = read('netlink/getlink.hex').map(({ link }) => link)
const find = (name: string) => links.find((link) => link.name === name)

test('reads every kind of interface', () => {
  const tap = {
    ethernet: true,
    up: true,
    multicast: true,
    master: null,
    vlanOf: null,
    mtu: 1500,
    forwarding: false,
    ipv6Disabled: false,
  }
  expect(links).toHaveLength(10)
  expect(find('tap101')).toEqual({ ifindex: 2, name: 'tap101', kind: 'tun', ...tap })
  expect(find('lo')).toMatchObject({ kind: null, ethernet: false, multicast: false })
  expect(find('tun0')).toMatchObject({ kind: 'tun', ethernet: false, up: false })
  expect(find('veth0')).toMatchObject({ kind: 'veth', forwarding: true })
  expect(find('macvtap0')).toMatchObject({ kind: 'macvtap', up: false })
  expect(find('tapbr')?.master).toBe(find('br0')?.ifindex)
})

test('reads the MTU', () => {
  expect([find('taplow')?.mtu, find('tap101')?.mtu]).toEqual([1000, 1500])
})

test('forwarding of an interface without IPv6 is unknown, not off', () => {
  expect(find('taplow')?.forwarding).toBeNull()
})

test('a raised tap that no process has open is not up', () => {
  const [datagram = new Uint8Array()] = readDatagrams('netlink/link-events.hex')
  const [raised] = readDump(datagram, 'x').messages
  const flags = new DataView(raised?.payload.buffer ?? new ArrayBuffer(0), raised?.payload.byteOffset)
  const isUp = (value: number) => {
    flags.setUint32(8, value, true)
    return raised && parseLink(raised).link.up
  }
  const [broadcast, running] = [0x1003, 0x1043]
  expect([isUp(running), isUp(broadcast), isUp(running - 1)]).toEqual([true, false, false])
})

test('a name is bytes', () => {
  expect(find('\xff\xfe\x01"\'<b>\\\x1b[1m')).toMatchObject({ kind: 'tun', ethernet: true })
})

test('the mark combines the time of the last address and all ICMPv6 messages', () => {
  const marks = read('netlink/getlink-statistics.hex').map(({ link, mark }) => [link.name, mark])
  const since = expect.any(Number)
  expect(marks).toEqual([
    ['lo', { since, messagesIn: 0, messagesOut: 0 }],
    ['tap101', { since, messagesIn: 3, messagesOut: 7 }],
  ])
  expect(read('netlink/getlink.hex').every(({ mark }) => mark === null)).toBe(true)
})

test('what is equal to a known interface is the same object', () => {
  const [message] = readDatagrams('netlink/getlink-statistics.hex')
    .flatMap((datagram) => readDump(datagram, 'x').messages)
    .toReversed()
  if (message === undefined) throw new Error('the fixture has no message')
  const first = parseLink(message)
  const again = (known: Partial<typeof first.link>, mark = first.mark) =>
    parseLink(message, 'x', new Map([[first.link.ifindex, { link: { ...first.link, ...known }, mark }]]))
  expect(parseLink(message, 'x', new Map([[first.link.ifindex, first]]))).toBe(first)
  const ticked = parseLink(message, 'x', new Map([[first.link.ifindex, { link: first.link, mark: null }]]))
  expect(ticked).toEqual(first)
  expect(ticked.link).toBe(first.link)
  const changes: Partial<typeof first.link>[] = [
    { name: 'tap102' },
    { kind: 'veth' },
    { ethernet: false },
    { up: !first.link.up },
    { multicast: false },
    { master: 9 },
    { mtu: 1 },
    { vlanOf: 2 },
    { forwarding: null },
    { ipv6Disabled: null },
  ]
  expect(changes.map((change) => again(change).link)).toEqual(changes.map(() => first.link))
  expect(again({ up: !first.link.up }).mark).toBe(first.mark)
})

test('builds the request that the kernel answered', () => {
  expect(Buffer.from(encodeLinkRequest(1)).toString('hex')).toBe(`20000000120001030100000000000000${'0'.repeat(32)}`)
})

test('reports an interface that comes and goes', () => {
  const events = readDatagrams('netlink/link-events.hex').flatMap((datagram) => parseLinkEvents(datagram))
  const tap = { ifindex: 11, kind: 'tun', ethernet: true }
  expect(events).toEqual([
    ...Array.from({ length: 3 }, () => ({ event: 'changed', ...tap })),
    { event: 'gone', ...tap },
  ])
})

test('a message of another kind or cut short is an error', () => {
  expect(() => parseLink({ type: 24, flags: 0, payload: new Uint8Array(40) })).toThrow(
    'RTM_GETLINK:0: expected RTM_NEWLINK',
  )
  expect(() => parseLink({ type: 16, flags: 0, payload: new Uint8Array(8) })).toThrow(
    'RTM_GETLINK:0: expected RTM_NEWLINK',
  )
  expect(() => parseLink({ type: 16, flags: 0, payload: new Uint8Array(16) })).toThrow('expected an interface name')
})
