import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { findShortest, judgeFiles } from '../../fixtures/judge-files.ts'
import { attempt } from '../../fixtures/read-fixture.ts'
import { configureDnsmasq } from './configure-dnsmasq.ts'
import { readDnsmasqConf } from './read-options.ts'

const list = (...arbitraries: fc.Arbitrary<string>[]) =>
  fc.tuple(...arbitraries).map((words) => words.filter((word) => word !== '').join(','))
const words = (...choices: string[]) => fc.constantFrom(...choices)
const mode = words(
  '',
  'ra-only',
  'slaac',
  'ra-names',
  'ra-stateless',
  'ra-advrouter',
  'static',
  'off-link',
  'constructor:tap*',
  'constructor:"tap1,b"',
  '"constructor:tap1"',
)
const range = list(
  words('', 'set:a', 'tag:b'),
  words('::', 'fd00::', '::1', 'fd00::1', 'fd00:::', '"fd00::"'),
  words('', '', '::9', 'fd00::9'),
  mode,
  mode,
  words('', '64', '65', '48', '200', '"64"', '4294967295'),
  words('', '', '2h', 'infinite', 'deprecated', '10', 'soon', '"2h"', '99999999999w'),
  fc.oneof({ weight: 20, arbitrary: fc.constant('') }, words('"2h",', '"ra-only"', '"off-link"')),
)
const parameters = list(
  words('tap1', 'tap*'),
  words('', 'mtu:1400', 'mtu:off', 'mtu:eth0', 'mtu:1279', 'mtu:"1400"'),
  words('', 'high', 'low'),
  words('', '0', '60', '4000', '1h', '"60"', '"6,0"'),
  words('', '', '0', '1200', 'x'),
)
const line = fc.oneof(
  { weight: 3, arbitrary: range.map((value) => `dhcp-range=${value}`) },
  { weight: 3, arbitrary: parameters.map((value) => `ra-param=${value}`) },
  words(
    'enable-ra',
    'enable-ra=1',
    'interface=tap1',
    'interface',
    'interface="tap1"',
    'except-interface = tap2 # "no',
    'except-interface="tap2',
    'listen-address=::1,192.0.2.1',
    'listen-address="::1"',
    'listen-address=192.0.2.256',
    'listen-address=',
    'bridge-interface=br0,tap1',
    'bridge-interface=br0',
    'bridge-interface=br0,',
    'bridge-interface=a-name-of-18-bytes,tap1',
    'no-dhcpv4-interface=tap1',
  ),
)

const SEED = 6813

test(`dnsmasq itself accepts and refuses the same files as the reader (seed ${SEED})`, () => {
  const corpus = fc.array(line, { minLength: 1, maxLength: 2 }).map((lines) => lines.join('\n'))
  const texts = fc.sample(corpus, { numRuns: 1000, seed: SEED })
  const read = texts.map((text) => attempt(() => configureDnsmasq(readDnsmasqConf(text, 'conf'))) !== null)
  const accepted = judgeFiles(texts, 'dnsmasq --test -C $file')
  expect(findShortest(texts, read, accepted)).toBeUndefined()
  const count = accepted.filter(Boolean).length
  expect(Math.min(count, texts.length - count)).toBeGreaterThan(200)
})
