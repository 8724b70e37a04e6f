import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLinkPairs, shrinkLines } from '../../fixtures/link-pairs.ts'
import type { LinkPairs } from '../../fixtures/link-pairs.ts'
import { checkRadvdInterface } from './check-interface.ts'
import { parseRadvdConf } from './parse-radvd-conf.ts'

const SEED = 6813
const ROUNDS = 16
const NAMES = Array.from({ length: 64 }, (_, place) => `tap${place}`)

let pairs: LinkPairs
let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slashzero-radvd-'))
  pairs = await createLinkPairs('radvd', NAMES, () => [])
})
afterAll(() => {
  pairs.remove()
  rmSync(folder, { recursive: true })
})

const words = (...choices: (string | number)[]) => fc.constantFrom(...choices.map(String))
const option = (name: string, ...values: (string | number)[]) => words(...values).map((value) => `${name} ${value};`)
const setting = fc.oneof(
  { weight: 3, arbitrary: option('MaxRtrAdvInterval', 3, 4, 10, 60, 600, 1800, 1801, 9000, 9001, 0.5) },
  { weight: 2, arbitrary: option('MinRtrAdvInterval', 0, 2.9, 3, 7.5, 8, 45, 46, 450, 451, 1350) },
  {
    weight: 4,
    arbitrary: option('AdvDefaultLifetime', 0, 1, 59, 60, 600, 1799, 1800, 9000, 9001, 65_535, 4_294_967_295),
  },
  { weight: 2, arbitrary: option('AdvLinkMTU', 0, 1279, 1280, 1500, 1501) },
  option('MinDelayBetweenRAs', 0.01, 0.03, 2.9, 3, 20),
  option('AdvReachableTime', 0, 3_600_000, 3_600_001),
  option('AdvSendAdvert', 'off'),
  option('UnicastOnly', 'on'),
  option('AdvHomeAgentFlag', 'on'),
  option('AdvHomeAgentInfo', 'on'),
  option('HomeAgentLifetime', 0, 1, 65_520, 65_521, 4_294_967_295),
  option('AdvMobRtrSupportFlag', 'on'),
  option('AdvIntervalOpt', 'on'),
  words('prefix 2001:db8:7::/64 { AdvRouterAddr on; };', 'prefix 2001:db8:7::/64 { };', 'RDNSS 2001:db8::53 { };'),
  words('clients { fe80::ff:fe00:99; };', 'clients { fe80::98; };', 'clients { fe80::98; fe80::ff:fe00:99; };'),
  {
    weight: 3,
    arbitrary: option('route ::/0', '{ }', ...[0, 1, 500, 'infinity'].map((one) => `{ AdvRouteLifetime ${one}; }`)),
  },
  words('route 2001:db8::/32 { AdvRouteLifetime 0; };'),
)
const corpus = fc.uniqueArray(setting, { maxLength: 4, selector: (line) => line.replace(/ .*/, '') })

type Outcome = { joined: boolean; advertised: boolean; lifetimeSeconds: number | null }

function predict(lines: readonly string[]): Outcome {
  const [one] = parseRadvdConf(`interface tap { AdvSendAdvert on; ${lines.join(' ')} };\n`, 'conf', '2.19')
  if (one === undefined) throw new Error('the file has an interface')
  const joined = checkRadvdInterface(one, '2.19', 1500).length === 0
  const { clients, sendsAdverts } = one
  const advertised = joined && sendsAdverts && clients?.includes(pairs.guestAddress) !== false
  const lifetime = one.defaultRouteSeconds ?? one.routerLifetimeSeconds
  return { joined, advertised, lifetimeSeconds: advertised && lifetime > 0 ? lifetime : null }
}

/** What radvd does with each configuration, one an interface. Waits for what is expected. */
async function tryOut(cases: readonly (readonly string[])[]): Promise<Outcome[]> {
  const path = join(folder, 'radvd.conf')
  const used = cases.map((lines, place) => ({ name: NAMES[place] ?? '', expected: predict(lines) }))
  const texts = cases.map((lines, place) => `interface tap${place} { AdvSendAdvert on; ${lines.join(' ')} };\n`)
  writeFileSync(path, texts.join(''), { mode: 0o644 })
  const radvd = spawn('ip', [...pairs.onHost, 'radvd', '-n', '-m', 'none', '-C', path, '-p', join(folder, 'pid')])
  const ended = new Promise((resolve) => radvd.once('close', resolve))
  try {
    const deadline = Date.now() + 8000
    let joined = await pairs.readJoined()
    while (used.some(({ name, expected }) => expected.joined && !joined.has(name)) && Date.now() < deadline) {
      await sleep(50)
      joined = await pairs.readJoined()
    }
    await pairs.solicit()
    for (;;) {
      await sleep(200)
      const seen = await pairs.observe()
      const outcomes = used.map(({ name }): Outcome => {
        const { advertised = false, lifetimeSeconds = null } = seen.get(name) ?? {}
        return { joined: joined.has(name), advertised, lifetimeSeconds }
      })
      if (Date.now() > deadline || outcomes.every((one, place) => isAlike(one, used[place]?.expected))) return outcomes
    }
  } finally {
    radvd.kill('SIGKILL')
    await ended
  }
}

/** A lifetime counts down. */
function isAlike(seen: Outcome, expected: Outcome | undefined): boolean {
  const [left, whole] = [seen.lifetimeSeconds, expected?.lifetimeSeconds ?? null]
  const alike = left === null || whole === null ? left === whole : left === whole || (left < whole && left > whole - 12)
  return alike && seen.joined === expected?.joined && seen.advertised === expected.advertised
}

test(`radvd joins, advertises and makes routes as the reader says (seed ${SEED})`, async () => {
  const cases = fc.sample(corpus, { numRuns: ROUNDS * NAMES.length, seed: SEED })
  const counts = { refused: 0, silent: 0, routes: 0 }
  const mismatches: object[] = []
  for (let round = 0; round < ROUNDS && mismatches.length === 0; round += 1) {
    const some = cases.slice(round * NAMES.length, (round + 1) * NAMES.length)
    const outcomes = await tryOut(some)
    const wrong = some.find((lines, place) => !isAlike(outcomes[place] ?? predict(lines), predict(lines)))
    if (wrong !== undefined) {
      const lines = await shrinkLines(wrong, async (variants) =>
        (await tryOut(variants)).map((seen, place) => !isAlike(seen, predict(variants[place] ?? []))),
      )
      mismatches.push({ lines, seen: (await tryOut([lines]))[0], expected: predict(lines) })
    }
    for (const { joined, advertised, lifetimeSeconds } of outcomes) {
      if (!joined) counts.refused += 1
      else if (!advertised) counts.silent += 1
      else if (lifetimeSeconds !== null) counts.routes += 1
    }
  }
  expect(mismatches).toEqual([])
  expect(Math.min(...Object.values(counts))).toBeGreaterThan(25)
})
