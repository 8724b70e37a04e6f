import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { findShortest, judgeFiles } from '../../fixtures/judge-files.ts'
import { attempt } from '../../fixtures/read-fixture.ts'
import { parseRadvdConf } from './parse-radvd-conf.ts'

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
  'RDNSS fd00::1 fd00::2 fd00::3 { } ;',
  'DNSSL a.example b { AdvDNSSLLifetime infinity ; } ;',
  'clients { fe80::1 ; fe80::2 ; } ;',
  'abro fe80::a { AdvValidLifeTime 10 ; } ;',
  'lowpanco { AdvLifeTime 10 ; AdvContextID 1 ; } ;',
  'AdvRASrcAddress { fe80::1 ; } ;',
  'abro fe80::a / 64 { AdvVersionLow 10 ; } ;',
  'abro fe80::a { } ;',
  'lowpanco { AdvContextLength 64 ; } ;',
  '# text ; {\n',
)
/** Settings of later versions. */
const later = fc.constantFrom(
  'clients { !fe80::1 ; } ;',
  'UnrestrictedUnicast on ;',
  'advsendadvert on ;',
  'AdvSendAdvert ON ;',
  'AdvDefaultPreference High ;',
  'Prefix fd00::/64 ;',
  'rdnss fd00::1 { } ;',
  'prefix fd00::/64 { AdvValidLifetime Infinity ; } ;',
  'prefix fd00::/64 { AdvValidLifeTime 60 ; } ;',
  'abro fe80::a { AdvValidLifetime 10 ; } ;',
  'nat64prefix 64:ff9b::/96 { } ;',
  'RDNSS fd00::1 fd00::2 fd00::3 fd00::4 { } ;',
)
const setting = fc.oneof(
  { weight: 20, arbitrary: right },
  { weight: 2, arbitrary: later },
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

const SEED = 6813

test(`radvd itself accepts and refuses the same files as the reader (seed ${SEED})`, () => {
  const texts = fc.sample(corpus, { numRuns: 1500, seed: SEED })
  const read = texts.map((text) => attempt(() => parseRadvdConf(text, 'conf', '2.19')) !== null)
  const accepted = judgeFiles(texts, 'radvd -c -m none -C $file')
  expect(findShortest(texts, read, accepted)).toBeUndefined()
  const count = accepted.filter(Boolean).length
  expect(Math.min(count, texts.length - count)).toBeGreaterThan(200)
})
