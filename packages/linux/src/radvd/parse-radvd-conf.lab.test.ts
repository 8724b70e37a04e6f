import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { attempt } from '../../fixtures/read-fixture.ts'
import { parseRadvdConf } from './parse-radvd-conf.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slashzero-radvd-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function isAcceptedByRadvd(text: string): boolean {
  const path = join(folder, 'radvd.conf')
  writeFileSync(path, text, { encoding: 'latin1', mode: 0o644 })
  const { status, error } = spawnSync('radvd', ['-c', '-m', 'none', '-C', path], { timeout: 10_000 })
  if (error !== undefined) throw error
  return status === 0
}

const value = fc.constantFrom(
  'on',
  'off',
  '0',
  '4',
  '600',
  '4294967295',
  '4294967296',
  '1.5',
  '-1',
  'low',
  'infinity',
  'name',
  '"a b"',
  '::1',
  'fd00::1',
  '1:2:3:4:5:6:7::',
  '1:2:3:4:5:6:7:8',
)
const option = fc.constantFrom(
  'AdvSendAdvert',
  'MaxRtrAdvInterval',
  'MinRtrAdvInterval',
  'AdvDefaultLifetime',
  'AdvDefaultPreference',
  'AdvLinkMTU',
  'UnicastOnly',
  'AdvHomeAgentFlag',
)
const right = fc.constantFrom(
  'AdvSendAdvert on ;',
  'MaxRtrAdvInterval 1.5 ;',
  'AdvDefaultLifetime 0 ;',
  'AdvDefaultPreference high ;',
  'prefix fd00:: / 64 ;',
  'prefix ::/64 { AdvOnLink off ; AdvValidLifetime infinity ; } ;',
  'prefix fd00::1/64 { AdvValidLifetime 60 ; AdvPreferredLifetime 60 ; } ;',
  'prefix fd00::/48 { Base6Interface eth0 ; } ;',
  'prefix fd00::/64 { Base6to4Interface ppp0 ; } ;',
  'route ::/0 { AdvRoutePreference low ; RemoveRoute off ; } ;',
  'route fd00::/128 { } ;',
  'RDNSS fd00::1 fd00::2 { AdvRDNSSLifetime 30 ; } ;',
  'RDNSS fd00::1 { AdvRDNSSPreference 8 ; } ;',
  'DNSSL a.example b { AdvDNSSLLifetime infinity ; } ;',
  'clients { fe80::1 ; fe80::2 ; } ;',
  'AdvRASrcAddress { fe80::1 ; } ;',
  'abro fe80::a / 64 { AdvVersionLow 10 ; } ;',
  'abro fe80::a { } ;',
  'lowpanco { AdvContextLength 64 ; } ;',
  '# text ; {\n',
)
const setting = fc.oneof(
  { weight: 20, arbitrary: right },
  fc.tuple(option, value).map((pair) => `${pair.join(' ')} ;`),
)
const oddName = fc.oneof(fc.constantFrom('"q"', '12', 'prefix', 'RDNSS', 'a-name-of-18-bytes', '\xe9'), value)
const name = fc.oneof({ weight: 9, arbitrary: fc.stringMatching(/^tap[0-9]{3}$/) }, oddName)
const definition = fc
  .tuple(name, fc.array(setting, { maxLength: 4 }))
  .map(([one, settings]) => `interface ${one} { ${settings.join(' ')} } ;`)
/** A word is removed, repeated or moved. */
const change = fc.record({ at: fc.nat(), kind: fc.constantFrom('drop', 'repeat', 'semicolon', 'brace') })
const corpus = fc
  .tuple(fc.array(definition, { maxLength: 3 }), fc.option(change, { freq: 2 }))
  .map(([definitions, mutation]) => {
    const words = definitions.join('\n').split(' ')
    if (mutation !== null) {
      const at = mutation.at % words.length
      const instead = { drop: [], repeat: [words[at] ?? '', words[at] ?? ''], semicolon: [';'], brace: ['}'] }[
        mutation.kind
      ]
      words.splice(at, 1, ...instead)
    }
    return words.join(' ')
  })

test('radvd itself accepts and refuses the same files, except for later options', () => {
  let accepted = 0
  let refused = 0
  const agrees = (text: string): void => {
    const parsed = attempt(() => parseRadvdConf(text))
    if (parsed?.some(({ unknown }) => unknown.length > 0)) return
    if (parsed === null) refused += 1
    else accepted += 1
    expect({ text, accepted: isAcceptedByRadvd(text) }).toEqual({ text, accepted: parsed !== null })
  }
  fc.assert(fc.property(corpus, agrees), { numRuns: 600, seed: 6813 })
  expect(Math.min(accepted, refused)).toBeGreaterThan(100)
}, 60_000)
