import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { attempt } from '../../fixtures/read-fixture.ts'
import { configureDnsmasq } from './configure-dnsmasq.ts'
import { readDnsmasqConf } from './read-options.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slashzero-dnsmasq-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function isAcceptedByDnsmasq(text: string): boolean {
  const path = join(folder, 'dnsmasq.conf')
  writeFileSync(path, text, { encoding: 'latin1', mode: 0o644 })
  const { status, error } = spawnSync('dnsmasq', ['--test', '-C', path], { timeout: 10_000 })
  if (error !== undefined) throw error
  return status === 0
}

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
)
const range = list(
  words('', 'set:a', 'tag:b'),
  words('::', 'fd00::', '::1', 'fd00::1', 'fd00:::'),
  words('', '', '::9', 'fd00::9'),
  mode,
  mode,
  words('', '64', '65', '48', '200'),
  words('', '', '2h', 'infinite', 'deprecated', '10', 'soon'),
)
const parameters = list(
  words('tap1', 'tap*'),
  words('', 'mtu:1400', 'mtu:off', 'mtu:eth0'),
  words('', 'high', 'low'),
  words('', '0', '60', '4000', '1h'),
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
  ),
)

test('dnsmasq itself accepts and refuses the same files as the reader', () => {
  let accepted = 0
  let refused = 0
  const agrees = (lines: string[]): void => {
    const text = lines.join('\n')
    const known = attempt(() => configureDnsmasq(readDnsmasqConf(text, 'conf'))) !== null
    if (known) accepted += 1
    else refused += 1
    expect({ text, accepted: isAcceptedByDnsmasq(text) }).toEqual({ text, accepted: known })
  }
  fc.assert(fc.property(fc.array(line, { minLength: 1, maxLength: 2 }), agrees), { numRuns: 800, seed: 6813 })
  expect(Math.min(accepted, refused)).toBeGreaterThan(100)
}, 60_000)
