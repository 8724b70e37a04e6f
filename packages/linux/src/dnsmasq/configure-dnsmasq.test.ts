import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { attempt, readFixture } from '../../fixtures/read-fixture.ts'
import { configureDnsmasq } from './configure-dnsmasq.ts'
import { readDnsmasqArguments, readDnsmasqConf } from './read-options.ts'

function configure(...lines: string[]) {
  return configureDnsmasq(readDnsmasqConf(lines.join('\n'), '/etc/dnsmasq.conf'))
}

const RANGE = 'dhcp-range=::,constructor:tap*,ra-only'

test('a range alone has the defaults of dnsmasq 2.90', () => {
  expect(configure(RANGE)('tap1')).toEqual({
    name: 'tap1',
    sendsAdverts: true,
    unicastOnly: false,
    minIntervalSeconds: 450,
    maxIntervalSeconds: 600,
    routerLifetimeSeconds: 1800,
    prefixes: [
      {
        prefix: '::/64',
        onLink: true,
        autonomous: true,
        validLifetimeSeconds: Infinity,
        preferredLifetimeSeconds: Infinity,
      },
    ],
  })
})

test.each([
  { name: 'the interval makes the lifetime', input: 'tap1,60', expected: [60, 180] },
  { name: 'both given', input: 'tap1,60,1200', expected: [60, 1200] },
  { name: 'MTU and preference before them', input: 'tap1, mtu:1400, high, 60, 0', expected: [60, 0] },
  { name: 'no MTU', input: 'tap1,mtu:off,low,60', expected: [60, 180] },
  { name: 'bounds of the interval', input: 'tap1,1', expected: [4, 12] },
  { name: 'bounds of the interval above', input: 'tap1,99999999999', expected: [1800, 5400] },
  { name: 'interval 0 is the default', input: 'tap1,0,5000', expected: [600, 5000] },
  { name: 'a lifetime below the interval', input: 'tap1,60,3', expected: [60, 60] },
  { name: 'a lifetime above what a router may say', input: 'tap1,60,65535', expected: [60, 9000] },
  { name: 'a wildcard', input: 'tap*,60', expected: [60, 180] },
  { name: 'a wildcard for a longer name', input: 'tap1*,60', expected: [600, 1800] },
  { name: 'another interface', input: 'tap2,60', expected: [600, 1800] },
  { name: 'no setting for the tap', input: 'tap1', expected: [600, 1800] },
])('ra-param: $name', ({ input, expected }) => {
  const found = configure(RANGE, `ra-param=${input}`)('tap1')
  expect([found?.maxIntervalSeconds, found?.routerLifetimeSeconds]).toEqual(expected)
})

test('the last of several matching options counts', () => {
  const find = configure(RANGE, 'ra-param=tap*,60', 'ra-param=tap1,70', 'ra-param=tap*,80', 'ra-param=tap1,90')
  expect([find('tap1')?.maxIntervalSeconds, find('tap2')?.maxIntervalSeconds]).toEqual([90, 80])
})

test.each([
  { name: 'a range of a constructor', input: [RANGE], expected: true },
  { name: 'a constructor for another interface', input: ['dhcp-range=::,constructor:br*,slaac'], expected: false },
  { name: 'a range of addresses may serve any', input: ['dhcp-range=fd00::,ra-stateless'], expected: true },
  {
    name: 'only DHCPv6, as neutron starts dnsmasq',
    input: ['dhcp-range=set:subnet-1,fd00::,static,off-link,64,86400s'],
    expected: null,
  },
  { name: 'DHCPv6 with enable-ra', input: ['enable-ra', 'dhcp-range=fd00::1,fd00::400,64,12h'], expected: true },
  { name: 'enable-ra without a range', input: ['enable-ra'], expected: null },
  {
    name: 'enable-ra with a range of IPv4',
    input: ['enable-ra', 'dhcp-range=192.168.0.2,192.168.0.9,12h'],
    expected: null,
  },
  { name: 'in the list of interfaces', input: [RANGE, 'interface=eth0, tap1'], expected: true },
  { name: 'not in the list of interfaces', input: [RANGE, 'interface=eth0'], expected: null },
  { name: 'excepted', input: [RANGE, 'except-interface=tap*'], expected: null },
  { name: 'no DHCP on the tap', input: [RANGE, 'no-dhcp-interface=tap1'], expected: null },
])('$name: $expected', ({ input, expected }) => {
  expect(configure(...input)('tap1')?.sendsAdverts ?? null).toBe(expected)
})

test.each([
  ['dhcp-range=fd00::,ra-only', ['fd00::/64', true, true, Infinity, Infinity]],
  ['dhcp-range=fd00::,ra-only,off-link', ['fd00::/64', false, true, Infinity, Infinity]],
  ['dhcp-range=tag:a,set:b,fd00::2,fd00::9,slaac,64,2h', ['fd00::2/64', true, true, 7200, 7200]],
  ['dhcp-range=fd00::,ra-names,5m', ['fd00::/64', true, true, 1800, 1800]],
  ['dhcp-range=fd00::,ra-only,deprecated', ['fd00::/64', true, true, Infinity, 0]],
  ['dhcp-range=fd00::,slaac,infinite', ['fd00::/64', true, true, Infinity, Infinity]],
  ['enable-ra\ndhcp-range=fd00::1,fd00::400', ['fd00::1/64', true, false, Infinity, Infinity]],
])('%j advertises %j', (line, [prefix, onLink, autonomous, validLifetimeSeconds, preferredLifetimeSeconds]) => {
  expect(configure(line)('tap1')?.prefixes).toEqual([
    { prefix, onLink, autonomous, validLifetimeSeconds, preferredLifetimeSeconds },
  ])
})

test('a range for every prefix fits no interface, so nothing is advertised', () => {
  expect(configure('dhcp-range=::,ra-stateless')('tap1')).toMatchObject({ sendsAdverts: false, prefixes: [] })
})

test.each([
  ['dhcp-range=fd00:::,ra-only', 1, 'an IP address'],
  ['\n\ndhcp-range=fd00::', 3, 'more than an address'],
  ['dhcp-range=fd00::,ra-only,80', 1, 'a prefix length of 64'],
  ['dhcp-range=fd00::,ra-only,48', 1, 'a prefix length of 64'],
  ['dhcp-range=fd00::1,fd00:0:0:1::,64', 1, 'a range within one /64'],
  ['dhcp-range=fd00::,constructor:tap*,ra-only', 1, 'a prefix of zero'],
  ['dhcp-range=fd00::,ra-only,soon', 1, 'a lease time'],
  ['dhcp-range=fd00::,ra-maybe,64', 1, 'a mode'],
  ['ra-param=tap1,high', 1, 'ra-param='],
  ['ra-param=tap1,60,1h', 1, 'ra-param='],
  ['ra-param', 1, 'a value after ra-param'],
  ['enable-ra=yes', 1, 'nothing after enable-ra'],
  ['domain="a', 1, 'an end of the quotation'],
  ['dhcp-range="fd00::",ra-only', 1, 'an IP address'],
  ['dhcp-range=set:a,web,fd00::,ra-only', 1, 'one tag'],
  ['listen-address=br0', 1, 'IP addresses after listen-address'],
  ['bridge-interface=br0', 1, 'bridge-interface=BRIDGE,ALIAS'],
  ['ra-param=tap1,mtu:1279,60', 1, 'ra-param='],
])('%j is refused with its line', (text, line, expected) => {
  expect(() => configure(text)).toThrow(`/etc/dnsmasq.conf:${line}: expected ${expected}`)
})

test('ignores comments, quotes, spaces and unrelated options', () => {
  const find = configure(
    '# dhcp-range=fd00::,soon',
    '  ra-param = "tap1" , 60  # often',
    'domain=a#b',
    'a-later-option',
    RANGE,
    'dhcp-host=enable-ra',
  )
  expect(find('tap1')).toMatchObject({ maxIntervalSeconds: 60, sendsAdverts: true })
})

/** Shapes from the field; fixtures/README.md says where each comes from. */
test.each([
  ['listen-address-only.conf', { sendsAdverts: false }],
  ['unspecified-range.conf', { sendsAdverts: false }],
  ['quoted-ra-param.conf', { sendsAdverts: true, maxIntervalSeconds: 600, routerLifetimeSeconds: 1800 }],
])('%s', (file, expected) => {
  expect(configure(readFixture(`field/${file}`))('br0')).toMatchObject(expected)
})

test('an alias of a bridge is served with the data of the bridge', () => {
  const args: string[] = JSON.parse(readFixture('field/bridge-interface-constructor.args.json'))
  const find = configureDnsmasq(readDnsmasqArguments(['dnsmasq', ...args]))
  expect(find('tap7')).toMatchObject({ sendsAdverts: true, maxIntervalSeconds: 30, routerLifetimeSeconds: 90 })
  expect(find('tap8')).toBeNull()
})

test.each([
  { name: 'no names beside an address', input: ['interface=tap1', 'listen-address=::1'], expected: true },
  {
    name: 'an alias of a bridge that is not served',
    input: ['interface=tap1', 'bridge-interface=tap2,tap1'],
    expected: false,
  },
  {
    name: 'the last bridge of several',
    input: ['bridge-interface=br1,tap1', 'bridge-interface=tap2,tap*'],
    expected: true,
  },
  { name: 'no DHCPv4 there', input: ['no-dhcpv4-interface=tap1'], expected: false },
])('with $name, a constructed range is sent: $expected', ({ input, expected }) => {
  expect(configure(RANGE, ...input)('tap1')?.sendsAdverts).toBe(expected)
})

test.each([
  ['dnsmasq -k --enable-ra --ra-param tap*,60 -F ::,constructor:tap*,ra-only', true],
  ['dnsmasq --enable-ra --ra-param=tap*,60 -kF::,constructor:tap*,ra-only', true],
  ['dnsmasq -k -i tap1 --ra-param tap*,60 --dhcp-range=::,constructor:tap*,ra-only -C -', true],
  ['dnsmasq -k -i eth0 --ra-param tap*,60 --dhcp-range=::,constructor:tap*,ra-only', false],
  ['dnsmasq -k --ra-param tap*,60 -I tap1 --dhcp-range=::,constructor:tap*,ra-only', false],
  ['dnsmasq --ra-param tap*,60 -- --dhcp-range=::,constructor:tap*,ra-only', false],
])('%s', (line, served) => {
  const find = configureDnsmasq(readDnsmasqArguments(line.split(' ')))
  expect(find('tap1')?.maxIntervalSeconds).toBe(served ? 60 : undefined)
})

test('an error names the position of an unreadable argument', () => {
  const options = () => configureDnsmasq(readDnsmasqArguments(['dnsmasq', '-k', '--dhcp-range=fd00::,ra-only,65']))
  expect(options).toThrow('its command line:2: expected a prefix length of 64, found "65"')
})

test('reads any file quickly or refuses it with the line', () => {
  const word = fc.constantFrom(
    'dhcp-range',
    'ra-param',
    'interface',
    '=',
    ',',
    '::',
    'fd00::',
    'tap*',
    'ra-only',
    '"',
    '\\',
    '#',
    ' ',
    '\n',
    '64',
    'constructor:',
    '\0',
    '\xff',
  )
  fc.assert(
    fc.property(fc.array(word, { maxLength: 60 }), (words) => {
      attempt(() => configure(words.join(''))('tap1'))
    }),
  )
  const hostile = ['interface=', 'ra-param=', 'dhcp-range=', '"', 'dhcp-range=,,', ' ', '\\"', 'a#', ' =', '= '].map(
    (part) => part.repeat(1_000_000 / part.length),
  )
  const space = ' '.repeat(1_000_000)
  for (const text of [
    ...hostile,
    `a${space}b`,
    `interface=a${space}b`,
    `ra-param=${space},b`,
    `interface=a*\n${'interface=t*,'.repeat(80_000)}`,
  ])
    expect(() => attempt(() => configure(text, RANGE)('tap1'))).not.toThrow()
})
