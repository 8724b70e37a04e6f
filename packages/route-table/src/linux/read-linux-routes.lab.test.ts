import { spawnSync } from 'node:child_process'
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readLinuxRoutes } from './read-linux-routes.ts'

const NAMESPACE = `slashzero-rules-${process.pid}`
const SOURCE = '2001:db8:1::2'
const TARGET = '2001:db8:ffff::1'
const SEED = 6813

beforeAll(() => {
  run(['netns', 'add', NAMESPACE])
  batch([
    'link add eth0 type veth peer name peer0',
    'link set lo up',
    'link set eth0 up',
    'link set peer0 up',
    `address add ${SOURCE}/64 dev eth0 nodad`,
  ])
})
afterAll(() => void spawnSync('ip', ['netns', 'del', NAMESPACE]))

const words = (...choices: string[]) => fc.constantFrom(...choices)
const often = (more: number, ...choices: string[]) =>
  fc.oneof({ weight: more, arbitrary: fc.constant('') }, words(...choices))
const line = (...parts: fc.Arbitrary<string>[]) =>
  fc.tuple(...parts).map((found) => found.filter((part) => part !== '').join(' '))
const preference = fc.integer({ min: 1, max: 40 })
const table = words('main', '100', '100', '200')
const rule = line(
  preference.map((one) => `rule add pref ${one}`),
  often(4, 'not'),
  often(6, 'from 2001:db8:1::/64', 'from ::/0'),
  often(6, 'to 2000::/3', 'to 2001:db8:9::/48', 'to ::/1', 'to 8000::/1'),
  often(4, 'fwmark 1', 'fwmark 0x0/0xffff', 'fwmark 0x10/0xf0', 'fwmark 0x100/0xff'),
  often(6, 'iif lo', 'iif eth0', 'iif ghost', 'oif eth0'),
  often(8, 'tos 0x10'),
  often(8, 'uidrange 0-0', 'uidrange 1000-1999', 'uidrange 0-4294967294'),
  often(8, 'ipproto tcp', 'ipproto tcp dport 80', 'ipproto udp sport 1-1023'),
  fc.oneof(
    { weight: 8, arbitrary: table.map((one) => `lookup ${one}`) },
    { weight: 2, arbitrary: table.map((one) => `lookup ${one} suppress_prefixlength 0`) },
    { weight: 2, arbitrary: preference.map((one) => `goto ${one}`) },
    { weight: 1, arbitrary: words('unreachable', 'prohibit', 'blackhole', 'nop', 'l3mdev') },
  ),
)
const route = line(
  fc.constant('route add'),
  often(6, 'unreachable', 'throw', 'blackhole', 'prohibit'),
  fc.constant('default'),
  often(6, 'from 2001:db8:1::/64'),
  fc.constant('dev eth0'),
  table.map((one) => `table ${one}`),
  fc.integer({ min: 1, max: 20 }).map((metric) => `metric ${metric}`),
  often(4, 'expires 500'),
)
type Situation = { keepsMain: boolean; rules: string[]; routes: string[] }
const situation = fc.record({
  keepsMain: fc.boolean(),
  rules: fc.array(rule, { maxLength: 5 }),
  routes: fc.array(route, { minLength: 1, maxLength: 3 }),
})

/**
 * What a socket without a source address meets: a look-up without a source, and after its failure a second one with a
 * source (ip6_dst_lookup_tail). `ip route get` alone shows one look-up.
 */
test(`random rules and routes give what ip -6 route get finds (seed ${SEED})`, () => {
  const seen = { present: 0, absent: 0 }
  const agrees = ({ keepsMain, rules, routes }: Situation): void => {
    const output = batch([
      'rule flush',
      'route flush default table all',
      ...(keepsMain ? ['rule add pref 32766 lookup main'] : []),
      ...rules,
      ...routes,
      'rule show',
      'address show dev lo',
      'route show default table all',
      'address show dev lo',
      `route get ${TARGET}`,
      `route get ${TARGET} from ${SOURCE}`,
    ])
    const [listedRules = '', listedRoutes = '', answers = ''] = output.split(/^1: lo.*\n(?: .*\n)*/m)
    const text = `#rule\n${listedRules}#route\n${listedRoutes}#exit 0\n#end\n`
    const expected = answers.includes(TARGET) && /\bdev eth0\b/.test(answers) ? 'present' : 'absent'
    seen[expected] += 1
    expect({ text, state: readLinuxRoutes(text).state }).toEqual({ text, state: expected })
  }
  fc.assert(fc.property(situation, agrees), { numRuns: 1000, seed: SEED })
  expect(Math.min(seen.present, seen.absent)).toBeGreaterThan(200)
})

/** Some generated lines are refused, such as a second route of the same metric; the others count. */
function batch(lines: readonly string[]): string {
  return run(['-n', NAMESPACE, '-6', '-force', '-batch', '-'], `${lines.join('\n')}\n`)
}

function run(args: readonly string[], input = ''): string {
  const { stdout, error } = spawnSync('ip', args, { input, encoding: 'utf8', timeout: 10_000 })
  if (error !== undefined) throw error
  return stdout
}
