import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { attempt, readDatagrams } from '../../fixtures/read-fixture.ts'
import { parseRouterAdvertisement } from './parse-router-advertisement.ts'

const [radvd, farewell] = readDatagrams('router-advertisement/radvd.hex')
const [dnsmasq] = readDatagrams('router-advertisement/dnsmasq.hex')
if (!radvd || !farewell || !dnsmasq) throw new Error('a fixture is empty')

const address = (text: string) => text.padEnd(32, '0')
const router = (last: string) => `fe80000000000000000000fffe0000${last}`

test('reads every field of an advertisement of radvd', () => {
  expect(parseRouterAdvertisement(radvd)).toEqual({
    source: router('01'),
    destination: 'ff020000000000000000000000000001',
    hopLimit: 63,
    managed: true,
    otherConfiguration: true,
    preference: 'high',
    routerLifetimeSeconds: 1800,
    reachableMilliseconds: 30_000,
    retransmitMilliseconds: 1000,
    sourceLinkAddress: '02:00:00:00:00:01',
    mtu: 1400,
    prefixes: [
      {
        prefix: address('20010db80001'),
        length: 64,
        onLink: true,
        autonomous: true,
        validLifetimeSeconds: 7200,
        preferredLifetimeSeconds: 3600,
      },
      {
        prefix: address('fd000001'),
        length: 64,
        onLink: false,
        autonomous: false,
        validLifetimeSeconds: null,
        preferredLifetimeSeconds: null,
      },
    ],
    routes: [
      { prefix: address('fd000002'), length: 48, preference: 'low', lifetimeSeconds: 600 },
      { prefix: address(''), length: 0, preference: 'medium', lifetimeSeconds: 900 },
    ],
  })
})

test("reads radvd's farewell, which has a void preference", () => {
  const { routerLifetimeSeconds, preference, routes } = parseRouterAdvertisement(farewell)
  expect([routerLifetimeSeconds, preference, routes.map(({ lifetimeSeconds }) => lifetimeSeconds)]).toEqual([
    0,
    'medium',
    [0, 0],
  ])
})

test('reads an advertisement of dnsmasq', () => {
  expect(parseRouterAdvertisement(dnsmasq)).toMatchObject({
    source: router('02'),
    routerLifetimeSeconds: 600,
    preference: 'high',
    managed: false,
    mtu: 1500,
    sourceLinkAddress: '02:00:00:00:00:02',
    prefixes: [{ prefix: address('fd000003'), length: 64 }],
    routes: [],
  })
})

/** The packet with these bytes at `at` and a correct checksum, unless the bytes change the checksum. */
function change(packet: Uint8Array, at: number, ...bytes: number[]): Uint8Array {
  const changed = Uint8Array.from(packet)
  changed.set(bytes, at)
  if (at === 42) return changed
  changed.set([0, 0], 42)
  let sum = changed.length - 40 + 58
  for (let word = 8; word < changed.length; word += 2) sum += ((changed[word] ?? 0) << 8) | (changed[word + 1] ?? 0)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16)
  changed.set([(sum ^ 0xffff) >> 8, (sum ^ 0xffff) & 0xff], 42)
  return changed
}

test('reads a change that keeps to the rules', () => {
  expect(parseRouterAdvertisement(change(radvd, 46, 0x23, 0x28))).toMatchObject({ routerLifetimeSeconds: 9000 })
})

test.each([
  {
    name: 'a hop limit of 254, because the packet came through a router',
    packet: change(radvd, 7, 254),
    expected: ':7: expected hop limit 255',
  },
  { name: 'a source that is not link-local', packet: change(radvd, 8, 0x20, 0x01), expected: 'a link-local source' },
  { name: 'another code', packet: change(radvd, 41, 1), expected: 'type 134, code 0' },
  { name: 'another type', packet: change(radvd, 40, 133), expected: 'type 134, code 0' },
  { name: 'a wrong checksum', packet: change(radvd, 42, 0, 0), expected: 'a checksum that fits' },
  { name: 'an option of length 0', packet: change(radvd, 57, 0), expected: 'an option within the packet, found "0 of' },
  {
    name: 'an option that is longer than the packet',
    packet: change(radvd, 57, 255),
    expected: 'an option within the packet',
  },
  { name: 'an extension header', packet: change(radvd, 6, 0), expected: 'ICMPv6 as the next header' },
  { name: 'IPv4', packet: change(radvd, 0, 0x45), expected: 'IP version 6' },
  {
    name: 'a payload that is longer than the packet',
    packet: change(radvd, 4, 0xff, 0xff),
    expected: 'a payload of 16 to',
  },
  { name: 'nothing', packet: new Uint8Array(0), expected: '56 bytes or more' },
])('refuses $name', ({ packet, expected }) => {
  expect(() => parseRouterAdvertisement(packet)).toThrow(expected)
})

test('reads or refuses any bytes, also cut and changed advertisements', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      attempt(() => parseRouterAdvertisement(bytes))
    }),
  )
  fc.assert(
    fc.property(
      fc.integer({ min: 8, max: radvd.length - 1 }),
      fc.uint8Array({ minLength: 1, maxLength: 8 }),
      (at, bytes) => {
        const found = attempt(() =>
          parseRouterAdvertisement(change(radvd, Math.min(at, radvd.length - bytes.length), ...bytes)),
        )
        expect(found === null || found.prefixes.length <= 7).toBe(true)
      },
    ),
  )
  for (let length = 0; length < radvd.length; length += 1) {
    expect(() => parseRouterAdvertisement(radvd.subarray(0, length))).toThrow('router advertisement:')
  }
})
