import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLinkPairs, shrinkLines } from '../../fixtures/link-pairs.ts'
import type { LinkPairs, Seen } from '../../fixtures/link-pairs.ts'
import { configureDnsmasq } from './configure-dnsmasq.ts'
import { readDnsmasqConf } from './read-options.ts'

const SEED = 6813
const FILES = 128
const NAMES = ['br0', 'br1', 'eth0', 'tap1', 'tap2', 'tap7', 'tap10', 'vnet0']
const WORKERS = 4
const BRIDGES = {
  'bridge-interface=br0,tap7': ['br0', 'tap7'],
  'bridge-interface=br1,vnet0,tap1*': ['br1', 'vnet0', 'tap10'],
}
const prefixOf = (name: string) => `2001:db8:0:${NAMES.indexOf(name)}::`

let workers: LinkPairs[]
let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slashzero-dnsmasq-'))
  const addresses = (place: number) => [`${prefixOf(NAMES[place] ?? '')}1/64`]
  workers = await Promise.all(
    Array.from({ length: WORKERS }, (_, worker) => createLinkPairs(`dnsmasq${worker}`, NAMES, addresses)),
  )
})
afterAll(() => {
  for (const pairs of workers) pairs.remove()
  rmSync(folder, { recursive: true })
})

const words = (...choices: string[]) => fc.constantFrom(...choices)
const list = (...parts: fc.Arbitrary<string>[]) =>
  fc.tuple(...parts).map((found) => found.filter((part) => part !== '').join(','))
const pattern = words(...NAMES, 'tap*', 'br*', '*', 'tap1*', '"tap*"', '"br0,br1"')
const mode = words('ra-only', 'slaac', 'ra-names', 'ra-stateless', 'ra-advrouter', 'static', 'off-link')
const range = list(
  words('', '', 'set:a', 'tag:b', '"set:a"'),
  fc.oneof(
    { weight: 4, arbitrary: pattern.map((one) => `::,constructor:${one}`) },
    { weight: 1, arbitrary: pattern.map((one) => `::1,::9,constructor:${one}`) },
    { weight: 3, arbitrary: words(...NAMES.map(prefixOf), '2001:db8:0:1::1,2001:db8:0:1::ff') },
    fc.constant('::'),
  ),
  mode,
  words('', '', '64'),
  words('', '', '2h', 'deprecated', 'infinite'),
)
const parameters = list(
  pattern,
  words('', 'mtu:1400', 'mtu:off'),
  words('', 'high', 'low'),
  words('4', '60', '0', '"60"', '1800', '4294967295'),
  words('', '0', '30', '1200', '9000', '20000', '"9,1"', '4294967295'),
)
const names = fc.array(pattern, { minLength: 1, maxLength: 3 }).map((some) => some.join(','))
const line = fc.oneof(
  { weight: 3, arbitrary: range.map((value) => `dhcp-range=${value}`) },
  { weight: 3, arbitrary: parameters.map((value) => `ra-param=${value}`) },
  words('ra-param="br0,60,300"', 'ra-param=tap1', 'enable-ra', 'listen-address=2001:db8:0:1::1', 'listen-address=::1'),
  names.map((value) => `interface=${value}`),
  names.map((value) => `except-interface=${value}`),
  words('no-dhcp-interface=tap1', 'no-dhcpv6-interface=tap*', 'no-dhcpv4-interface=tap*'),
  words(...Object.keys(BRIDGES)),
)
const corpus = fc.tuple(
  range.map((value) => `dhcp-range=${value}`),
  fc.array(line, { maxLength: 4 }),
)
const accepted = corpus
  .map(([first, rest]) => [first].concat(rest))
  .filter((lines) => !isAmbiguous(lines) && predict(lines) !== null)

/**
 * Of several ranges that give one prefix, dnsmasq takes one, by the order of the addresses of all interfaces
 * (construct_worker, dhcp6.c). No file tells the order, which matters if only some ranges are advertised.
 */
function isAmbiguous(lines: readonly string[]): boolean {
  const ranges = lines.filter((one) => one.startsWith('dhcp-range='))
  const advertised = ranges.filter((one) => /,(?:ra-|slaac)/.test(one))
  return !lines.includes('enable-ra') && advertised.length > 0 && advertised.length < ranges.length
}

type Outcome = Map<string, Seen>

/**
 * Null if dnsmasq would refuse the file. The reader does not know addresses, so each link is judged without the ranges
 * that are written for other links.
 */
function predict(lines: readonly string[]): Outcome | null {
  const bridge = (name: string) =>
    Object.entries(BRIDGES).find(([option, [, ...aliases]]) => lines.includes(option) && aliases.includes(name))?.[1][0]
  try {
    return new Map(
      NAMES.map((name) => {
        const own = prefixOf(bridge(name) ?? name)
        const ranges = lines.filter((one) => !/^dhcp-range=.*2001:/.test(one) || one.includes(own))
        const find = configureDnsmasq(readDnsmasqConf(ranges.join('\n'), 'conf'))
        const { sendsAdverts = false, routerLifetimeSeconds = 0 } = find(name) ?? {}
        return [
          name,
          { advertised: sendsAdverts, lifetimeSeconds: sendsAdverts ? routerLifetimeSeconds || null : null },
        ]
      }),
    )
  } catch {
    return null
  }
}

/** What dnsmasq sends with a file. Waits for what is expected. */
async function tryOut(lines: readonly string[], pairs: LinkPairs): Promise<Outcome> {
  const expected = predict(lines)
  const path = join(folder, `${workers.indexOf(pairs)}.conf`)
  writeFileSync(path, `port=0\nuser=root\nleasefile-ro\n${lines.join('\n')}\n`, { mode: 0o644 })
  const dnsmasq = spawn('ip', [...pairs.onHost, 'dnsmasq', '-k', '-C', path, '--pid-file=', '--log-facility=-'])
  let log = ''
  dnsmasq.stderr.on('data', (data) => (log += String(data)))
  const ended = new Promise((resolve) => dnsmasq.once('close', resolve))
  try {
    const deadline = Date.now() + 40_000
    while (!log.includes('started, version') && dnsmasq.exitCode === null && Date.now() < deadline) await sleep(10)
    if (dnsmasq.exitCode !== null) throw new Error(`dnsmasq refused ${JSON.stringify(lines)}: ${log}`)
    await sleep(100)
    await pairs.solicit()
    for (;;) {
      await sleep(200)
      const seen = await pairs.observe()
      if (Date.now() > deadline || isAlike(seen, expected)) return seen
    }
  } finally {
    dnsmasq.kill('SIGKILL')
    await ended
  }
}

/** A lifetime counts down. */
function isAlike(seen: Outcome, expected: Outcome | null): boolean {
  return NAMES.every((name) => {
    const [one, other] = [seen.get(name), expected?.get(name)]
    const [left, whole] = [one?.lifetimeSeconds ?? null, other?.lifetimeSeconds ?? null]
    const alike = left === null || whole === null ? left === whole : left <= whole && left > whole - 12
    return alike && one?.advertised === other?.advertised
  })
}

test(`dnsmasq sends what the reader says, on ${FILES * NAMES.length} links (seed ${SEED})`, async () => {
  const cases = fc.sample(accepted, { numRuns: FILES, seed: SEED })
  const counts = { sent: 0, silent: 0 }
  const mismatches: object[] = []
  let wrong: string[] | undefined
  const work = async (pairs: LinkPairs): Promise<void> => {
    for (let lines = cases.pop(); lines !== undefined && wrong === undefined; lines = cases.pop()) {
      const seen = await tryOut(lines, pairs)
      if (!isAlike(seen, predict(lines))) wrong ??= lines
      for (const { advertised } of seen.values()) counts[advertised ? 'sent' : 'silent'] += 1
    }
  }
  await Promise.all(workers.map(work))
  const [pairs] = workers
  if (wrong !== undefined && pairs !== undefined) {
    const lines = await shrinkLines(wrong, async (variants) => {
      const failing: boolean[] = []
      for (const variant of variants)
        failing.push(predict(variant) !== null && !isAlike(await tryOut(variant, pairs), predict(variant)))
      return failing
    })
    mismatches.push({ lines, seen: await tryOut(lines, pairs), expected: predict(lines) })
  }
  expect(mismatches).toEqual([])
  expect(Math.min(counts.sent, counts.silent)).toBeGreaterThan(100)
})
