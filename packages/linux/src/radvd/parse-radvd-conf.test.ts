import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { attempt, readFixture } from '../../fixtures/read-fixture.ts'
import { parseRadvdConf } from './parse-radvd-conf.ts'

const inside = (text: string) => parseRadvdConf(`interface tap1 {\n${text}\n};\n`)[0]

test('reads the example that Debian ships', () => {
  expect(parseRadvdConf(readFixture('radvd/radvd.conf.example'))).toMatchObject([
    {
      name: 'lo',
      sendsAdverts: true,
      minIntervalSeconds: 3,
      maxIntervalSeconds: 10,
      routerLifetimeSeconds: 30,
      preference: 'low',
      prefixes: [
        {
          prefix: '2001:db8:1:0::/64',
          onLink: true,
          autonomous: true,
          validLifetimeSeconds: 86_400,
          preferredLifetimeSeconds: 14_400,
        },
        { prefix: '0:0:0:1234::/64', validLifetimeSeconds: 300, preferredLifetimeSeconds: 120 },
      ],
      routes: [{ prefix: '2001:db0:fff::/48', lifetimeSeconds: 3600 }],
      nameServers: [{ addresses: ['2001:db8::1', '2001:db8::2'], lifetimeSeconds: 30 }],
      unknown: [],
    },
  ])
})

test("options that are not written have radvd's defaults", () => {
  expect(
    parseRadvdConf(readFixture('radvd/simple-radvd.conf')).map(({ name, sendsAdverts }) => [name, sendsAdverts]),
  ).toEqual([['eth0', true]])
  expect(inside('')).toEqual({
    name: 'tap1',
    sendsAdverts: false,
    unicastOnly: false,
    minIntervalSeconds: 198,
    maxIntervalSeconds: 600,
    routerLifetimeSeconds: 1800,
    preference: 'medium',
    ignoreIfMissing: true,
    prefixes: [],
    routes: [],
    defaultRouteSeconds: null,
    nameServers: [],
    clients: null,
    settings: {
      minDelaySeconds: 3,
      linkMtu: 0,
      reachableMilliseconds: 0,
      homeAgent: false,
      homeAgentInfo: false,
      homeAgentLifetimeSeconds: 1800,
      mobileRouterSupport: false,
      intervalOption: false,
      routerAddress: false,
    },
    unknown: [],
  })
})

test.each([
  [
    'MaxRtrAdvInterval 10;',
    { minIntervalSeconds: 3.3000000000000003, maxIntervalSeconds: 10, routerLifetimeSeconds: 30 },
  ],
  ['MaxRtrAdvInterval 0.2;', { maxIntervalSeconds: 0.2, routerLifetimeSeconds: 1 }],
  [
    `MaxRtrAdvInterval ${'9'.repeat(400)}.0;`,
    { maxIntervalSeconds: 4_294_967_295, routerLifetimeSeconds: 12_884_901_885 },
  ],
  ['AdvDefaultLifetime 0;', { routerLifetimeSeconds: 0 }],
  ['AdvDefaultLifetime 4294967295;', { routerLifetimeSeconds: 1800 }],
  ['AdvDefaultLifetime 60; AdvDefaultLifetime 90;', { routerLifetimeSeconds: 90 }],
  ['UnicastOnly on; IgnoreIfMissing off;', { unicastOnly: true, ignoreIfMissing: false }],
  ['AdvDefaultPreference high;', { preference: 'high' }],
  ['AdvDefaultPreference -1;', { preference: 'low' }],
  ['prefix ::/64;', { prefixes: [expect.objectContaining({ prefix: '::/64', onLink: true })] }],
  [
    'prefix fd00::/64 { AdvOnLink off; AdvValidLifetime infinity; };',
    { prefixes: [expect.objectContaining({ onLink: false, validLifetimeSeconds: Infinity })] },
  ],
  ['MaxRtrAdvInterval 20; route ::/0 {}; MaxRtrAdvInterval 30;', { routes: [{ prefix: '::/0', lifetimeSeconds: 60 }] }],
  ['route ::/0 { AdvRouteLifetime 0; };', { defaultRouteSeconds: 0 }],
  ['route ::/0 { AdvRouteLifetime infinity; };', { defaultRouteSeconds: Infinity }],
  ['route fd00::/8 { };', { defaultRouteSeconds: null }],
  ['clients { fe80::1; fe80::2; }; AdvRASrcAddress { fe80::3; };', { clients: ['fe80::1', 'fe80::2'] }],
  ['DNSSL a.example b.example { FlushDNSSL on; };', {}],
  ['# AdvSendAdvert on;', { sendsAdverts: false }],
  ['advsendadvert ON;', { sendsAdverts: true }],
])('%s', (text, expected) => {
  expect(inside(text)).toMatchObject(expected)
})

test('a name includes quotes and ends after 15 bytes, as in radvd', () => {
  const names = ['"tap 1"', 'a-name-of-18-bytes', '::1', 'tap0#1', '\\xff']
  expect(parseRadvdConf(names.map((name) => `interface ${name} { };\n`).join('')).map(({ name }) => name)).toEqual([
    '"tap 1"',
    'a-name-of-18-by',
    '::1',
    'tap0#1',
    '\\xff',
  ])
})

test('refuses more than 3 addresses in RDNSS for versions before 2.20', () => {
  const text = 'interface a {\n RDNSS fd00::1 fd00::2 fd00::3 fd00::4 { };\n};\n'
  expect(() => parseRadvdConf(text, 'conf', '2.19')).toThrow('conf:2: expected up to 3 addresses, as radvd 2.19 does')
  for (const version of ['2.20', '2.21', null])
    expect(parseRadvdConf(text, 'conf', version)[0]?.nameServers[0]?.addresses).toHaveLength(4)
})

test.each([
  ['clients { !fe80::1; fe80::2; };', { clients: ['fe80::2'], unicastOnly: false }],
  ['clients { !fe80::1; };', { clients: [] }],
  ['clients { fe80::1; }; UnrestrictedUnicast on;', { clients: null, unicastOnly: true }],
  ['UnrestrictedUnicast on;', { clients: null, unicastOnly: false }],
])('%s counts from radvd 2.20 on, and 2.19 refuses the file', (text, expected) => {
  const file = `interface tap1 {\n${text}\n};\n`
  expect(parseRadvdConf(file, 'conf', '2.20')).toMatchObject([expected])
  expect(() => parseRadvdConf(file, 'conf', '2.19')).toThrow('conf:2: expected an')
})

test.each(['advsendadvert on;', 'AdvSendAdvert ON;', 'RDNSs fd00::1 { };'])('case counts before 2.20: %s', (text) => {
  const file = `interface tap1 {\n${text}\n};\n`
  expect(parseRadvdConf(file, 'conf', '2.20')).toMatchObject([{ unknown: [] }])
  expect(() => parseRadvdConf(file, 'conf', '2.19')).toThrow('conf:2: expected')
})

test('skips and names the options of a later radvd', () => {
  const text =
    'AdvSNACRouterFlag on; nat64prefix 64:ff9b::/96 { AdvValidLifetime 9; }; AdvSendAdvert on; prefix fd00::/64 { AdvDHCPv6PDPreferred on; };'
  expect(inside(text)).toMatchObject({
    sendsAdverts: true,
    unknown: ['AdvSNACRouterFlag', 'nat64prefix', 'AdvDHCPv6PDPreferred'],
  })
})

test.each([
  ['', 1, 'interface'],
  ['# nothing\n', 1, 'interface'],
  ['interface a { }\n', 1, ';'],
  ['interface a {\n AdvSendAdvert on\n};\n', 3, ';'],
  ['interface a {\n AdvSendAdvert yes;\n};\n', 2, 'on or off after AdvSendAdvert'],
  ['interface a {\n MaxRtrAdvInterval -3;\n};\n', 2, 'a number after MaxRtrAdvInterval'],
  ['interface a {\n AdvDefaultLifetime 3.5;\n};\n', 2, 'a whole number'],
  ['interface a {\n AdvLinkMTU 4294967296;\n};\n', 2, 'a whole number'],
  ['interface a {\n AdvDefaultPreference 1;\n};\n', 2, 'low, medium or high'],
  ['interface a {\n AdvOnLink on;\n};\n', 2, 'an option that belongs here'],
  ['interface a {\n prefix fd00::1::/64;\n};\n', 2, 'an IPv6 address'],
  ['interface a {\n prefix fd00::/129;\n};\n', 2, 'a prefix length'],
  ['interface a {\n prefix fd00::/64 { AdvValidLifetime 1; };\n};\n', 2, 'AdvPreferredLifetime up to'],
  ['interface a {\n clients { };\n};\n', 2, 'at least one IPv6 address'],
  ['interface a { };\ninterface a { };\n', 2, 'each interface once'],
  ['interface a b { };\n', 1, '{'],
  ['interface a { };\r\n', 1, 'a word'],
  ['interface "a\n" {\n AdvSendAdvert on;\n', 3, 'an option or }'],
  ['interface a { }; # the end', 1, 'interface'],
  ['interface a { Later { on; ', 1, ';'],
])('%j is refused in line %i', (text, line, expected) => {
  expect(() => parseRadvdConf(text)).toThrow(`/etc/radvd.conf:${line}: expected ${expected}`)
})

test('any text is read or throws a ShapeError', () => {
  const word = fc.constantFrom(
    'interface',
    'tap1',
    '{',
    '}',
    ';',
    '/',
    '64',
    'prefix',
    'fd00::',
    'AdvSendAdvert',
    'on',
    'RDNSS',
    'Later',
    '"',
    '#',
    '\n',
    '\0',
  )
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(word).map((words) => words.join(' ')),
  )
  const isRefusedOrRead = (one: string) => (attempt(() => parseRadvdConf(one)) ?? ['refused']).length > 0
  expect(fc.check(fc.property(text, isRefusedOrRead)).failed).toBe(false)
})

test('time grows in proportion to the size of the file', () => {
  const one = 'AdvSendAdvert on; prefix fd00::/64 { AdvOnLink on; };'
  const text = Array.from({ length: 5000 }, (_, index) => `interface t${index} { ${one} };\n`).join('')
  expect(parseRadvdConf(text)).toHaveLength(5000)
})
