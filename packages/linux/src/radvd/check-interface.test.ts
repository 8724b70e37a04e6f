import { expect, test } from 'vitest'
import { checkRadvdInterface } from './check-interface.ts'
import { parseRadvdConf } from './parse-radvd-conf.ts'

function refuse(text: string, version: string | null = '2.19', mtu: number | null = 1500) {
  const [one] = parseRadvdConf(`interface tap1 { ${text} };\n`, 'conf', version)
  return one && checkRadvdInterface(one, version, mtu)
}

test.each([
  ['', []],
  ['AdvDefaultLifetime 9000;', []],
  ['AdvDefaultLifetime 9001;', [{ option: 'AdvDefaultLifetime', value: 9001, min: 600, max: 9000 }]],
  ['AdvDefaultLifetime 599;', [{ option: 'AdvDefaultLifetime', value: 599, min: 600, max: 9000 }]],
  ['AdvDefaultLifetime 0;', []],
  ['MinRtrAdvInterval 450;', []],
  ['MinRtrAdvInterval 451;', [{ option: 'MinRtrAdvInterval', value: 451, min: 3, max: 450 }]],
  ['MaxRtrAdvInterval 1801;', [{ option: 'MaxRtrAdvInterval', value: 1801, min: 4, max: 1800 }]],
  ['MaxRtrAdvInterval 3; MinRtrAdvInterval 1; AdvIntervalOpt on;', []],
  ['AdvLinkMTU 0;', []],
  ['AdvLinkMTU 1279;', [{ option: 'AdvLinkMTU', value: 1279, min: 1280, max: 1500 }]],
  ['AdvLinkMTU 1501;', [{ option: 'AdvLinkMTU', value: 1501, min: 1280, max: 1500 }]],
  ['AdvHomeAgentInfo on;', [{ option: 'AdvHomeAgentFlag', value: 0, min: 1, max: null }]],
])('radvd 2.19 and %j', (text, expected) => {
  expect(refuse(text)).toEqual(expected)
})

test.each([
  ['2.17', 1],
  ['2.20_rc1', 1],
  ['2.21', 0],
  ['3.0', 0],
])('a lifetime of 18000 s in radvd %s has %i refusals', (version, count) => {
  expect(refuse('AdvDefaultLifetime 18000;', version)).toHaveLength(count)
})

test('without a version, a refusal says which versions refuse the value', () => {
  expect(refuse('AdvDefaultLifetime 18000;', null)).toMatchObject([{ before: '2.21' }])
  expect(refuse('AdvDefaultLifetime 70000;', null)?.[0]).not.toHaveProperty('before')
})

test('a large link MTU is refused only if the MTU of the interface is known', () => {
  expect(refuse('AdvLinkMTU 9000;', '2.19', null)).toEqual([])
})
