import type { Report } from '@slashzero/contract/report'
import { buildCheck, buildReport, buildSender, buildTap, instant } from '@slashzero/contract/testing'
import { expect, test } from 'vitest'
import { MAX_VALUES, parseJson } from './parse-json.ts'
import { parseReports } from './parse-reports.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const nested = (depth: number) => bytes('['.repeat(depth) + ']'.repeat(depth))
/** Makes the text of an array so large that its bounds are counted. */
const large = (text: string) => `["${' '.repeat(128 * 1024)}",${text}]`

test('JSON of any shape is parsed', () => {
  expect(parseJson(bytes('{"a":[1,"é \\" [[[ \\\\"],"b":null}'))).toEqual({ a: [1, 'é " [[[ \\'], b: null })
})

test('deep nesting of a large body is refused before parsing', () => {
  const deep = (depth: number) => bytes(large('['.repeat(depth) + ']'.repeat(depth)))
  expect(parseJson(deep(63))).toBeInstanceOf(Array)
  expect(() => parseJson(deep(64))).toThrow('nests deeper than 64 levels')
  expect(parseJson(nested(64 * 1024))).toBeInstanceOf(Array)
  expect(() => parseJson(nested(8_000_000))).toThrow('nests deeper than 64 levels')
})

test.each([
  { name: 'empty arrays', text: `[${'[],'.repeat(MAX_VALUES / 2)}[]]` },
  { name: 'empty objects', text: `[${'{},'.repeat(MAX_VALUES / 2)}{}]` },
  { name: 'numbers', text: `[${'0,'.repeat(MAX_VALUES)}0]` },
  { name: 'names', text: `{${'"a":0,'.repeat(MAX_VALUES / 2)}"a":0}` },
])('too many $name are refused before parsing', ({ text }) => {
  expect(() => parseJson(bytes(text))).toThrow(expect.objectContaining({ status: 413 }))
})

test.each([
  { taps: 4000, checks: 1, adverts: 0 },
  { taps: 2400, checks: 2, adverts: 2 },
])('a report of $taps taps, each with checks: $checks, advertisements: $adverts, is accepted', async (size) => {
  const body = bytes(JSON.stringify(buildLarge(size)))
  expect(body.length).toBeLessThan(8 * 1024 * 1024)
  await expect(parseReports(parseJson(body))).resolves.toHaveLength(1)
})

/** A report of one radvd that is configured for each tap. */
function buildLarge({ taps, checks, adverts }: { taps: number; checks: number; adverts: number }): Report {
  const prefix = { prefix: '2001:db8::/64', onLink: true, autonomous: true }
  const prefixes = [{ ...prefix, validLifetimeSeconds: 86_400, preferredLifetimeSeconds: 14_400 }]
  const numbers = Array.from({ length: taps }, (_, index) => index + 1)
  const name = (ifindex: number) => `tap${ifindex}-of-a-port`
  const advertisements = Array.from({ length: adverts }, (_, index) => ({
    source: `fe80::${index}`,
    linkAddress: '02:00:00:00:00:01',
    direction: 'sent' as const,
    seenAt: instant(0),
    routerLifetimeSeconds: 1800,
    sincePreviousSeconds: 200.5,
    prefixes,
  }))
  const rest = { ipv6Disabled: false, linkLocals: [{ address: 'fe80::1', state: 'usable' as const }], advertisements }
  const configuration = {
    path: '/etc/radvd.conf',
    readAt: instant(0),
    changedAt: instant(0),
    newerThanProcess: false,
    interfaces: numbers.map((ifindex) => ({
      name: name(ifindex),
      sendsAdverts: true,
      unicastOnly: false,
      minIntervalSeconds: 200,
      maxIntervalSeconds: 600,
      routerLifetimeSeconds: 1800,
      prefixes,
    })),
  }
  const methods = ['guest-agent', 'off-link-probe'] as const
  return buildReport(0, {
    senders: [buildSender({ configuration })],
    taps: numbers.map((ifindex) => buildTap(ifindex, { name: name(ifindex), listener: name(ifindex), ...rest })),
    routeChecks: methods.slice(0, checks).flatMap((method) =>
      numbers.map((ifindex) => {
        const { vm } = buildTap(ifindex)
        return buildCheck(0, { method, vm: { name: vm?.name ?? '', uuid: vm?.uuid ?? null } })
      }),
    ),
  })
}

test('commas and colons within a string are not counted', () => {
  expect(parseJson(bytes(JSON.stringify(',:[{'.repeat(MAX_VALUES))))).toHaveLength(4 * MAX_VALUES)
})

test.each([
  { name: 'brackets within a string', text: JSON.stringify('['.repeat(100)) },
  { name: 'a quote that is escaped', text: JSON.stringify(`"\\"${'{'.repeat(100)}`) },
  { name: 'many arrays side by side', text: `[${'[],'.repeat(100)}[]]` },
])('$name is not counted as nesting', ({ text }) => {
  expect(parseJson(bytes(large(text)))).toEqual(JSON.parse(large(text)))
})

test.each([
  { name: 'no UTF-8', input: new Uint8Array([0x22, 0xc3, 0x28, 0x22]), message: 'The body is not UTF-8.' },
  { name: 'truncated', input: bytes('{"version":1,"host":{'), message: 'The body is not JSON: it ends in the middle.' },
  {
    name: 'truncated within a string',
    input: bytes('{"version":"on'),
    message: 'The body is not JSON: it ends in the middle.',
  },
  { name: 'empty', input: bytes(''), message: 'The body is not JSON: it ends in the middle.' },
  {
    name: 'other text',
    input: bytes('{"a":1 secret}'),
    message: 'The body is not JSON: unexpected text at character 7.',
  },
])('$name is refused without a quote of the input', ({ input, message }) => {
  expect(() => parseJson(input)).toThrow(expect.objectContaining({ status: 400, message }))
})
