import { setTimeout as sleep } from 'node:timers/promises'
import { type Hypervisor, startHypervisor } from '../hypervisor/start.ts'
import { cleanLeftovers } from '../leftover/clean.ts'
import { judge, type Measurement, quantile } from './measurement.ts'
import { type Line, runPasses } from './run-passes.ts'

const bench = 'stale'
const passes = 60
const rounds = 5
const each = 40
const beginnings = [1000, 1_000_000] as const

/**
 * What the enumeration of stale memberships costs a pass on a host whose interface indexes have passed a million, against one at a
 * thousand, and whether their count is exact from the first report.
 */
export async function benchStale(progress: (text: string) => void): Promise<readonly Measurement[]> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    return [
      {
        bench,
        measure: 'enumeration',
        value: null,
        unit: 'ms',
        note: 'it makes a network namespace, so it needs root on Linux',
      },
    ]
  }
  await cleanLeftovers()
  const measured: (readonly Line[])[] = []
  for (const beginning of beginnings) {
    progress(`leaking ${rounds * each} memberships at indexes from ${beginning} on`)
    const hypervisor = await startHypervisor({ name: 'stale', served: listNames() })
    try {
      await leak(hypervisor, beginning)
      measured.push(await runPasses(hypervisor.cell, [String(passes), String(passes)]))
    } finally {
      await hypervisor.dispose()
    }
  }
  const [low = [], high = []] = measured
  const most = (lines: readonly Line[]) => Math.max(...lines.map(({ cpuMilliseconds }) => cpuMilliseconds))
  const later = (lines: readonly Line[]) =>
    quantile(
      lines.slice(10).map(({ cpuMilliseconds }) => cpuMilliseconds),
      0.5,
    )
  return [
    {
      bench,
      measure: 'dearest pass at index 1,000, CPU',
      value: most(low),
      unit: 'ms',
      note: `of ${passes} from the start on: the first, which learns the machine`,
    },
    { bench, measure: 'dearest pass at index 1,000,000, CPU', value: most(high), unit: 'ms' },
    judge({ bench, measure: 'ratio', value: most(high) / most(low), unit: 'x' }, 1.2),
    {
      bench,
      measure: 'a later pass at index 1,000, CPU',
      value: later(low),
      unit: 'ms',
      note: 'median; every index has been asked for',
    },
    {
      bench,
      measure: 'a later pass at index 1,000,000, CPU',
      value: later(high),
      unit: 'ms',
      note: 'median, while the others are asked for, a thousand a pass',
    },
    ...[low, high].map((lines, place) => describeExactness(lines, beginnings[place] ?? 0)),
  ]
}

/** One half of the leaked lies at the beginning of what the host has seen, the other at its end. */
async function leak(hypervisor: Hypervisor, beginning: number): Promise<void> {
  const { cell } = hypervisor
  const count = async () => {
    const { optmemBytes, membershipBytes } = (await hypervisor.readSender()) ?? { optmemBytes: 0, membershipBytes: 1 }
    return Math.floor(optmemBytes / membershipBytes)
  }
  for (let round = 0; round < rounds; round += 1) {
    const from = round % 2 === 0 ? beginning + round * 2 * each : 10 + round * 2 * each
    const add = listNames().map(
      (name, place) =>
        `link add ${name} index ${from + 2 * place} group 60 type veth peer name p${name} index ${from + 2 * place + 1}\n`,
    )
    const raise = listNames().map((name) => `link set ${name} up\nlink set p${name} up\n`)
    const before = await count()
    await cell.run('ip', ['-batch', '-'], [...add, ...raise].join(''))
    while ((await count()) < before + each) await sleep(100)
    await cell.run('ip', ['link', 'delete', 'group', '60'])
  }
  // The highest index that the host has given out is alive, as on a host that runs.
  await cell.run('ip', [
    'link',
    'add',
    'last',
    'index',
    String(beginning + rounds * 2 * each),
    'type',
    'veth',
    'peer',
    'name',
    'plast',
  ])
}

function listNames(): readonly string[] {
  return Array.from({ length: each }, (_, place) => `v${place}`)
}

/** As the server counts: memberships by option memory, less those on living interfaces. */
function describeExactness(lines: readonly Line[], beginning: number): Measurement {
  const [first] = lines
  const { optmemBytes, membershipBytes, joinedInterfaces } = first ?? {
    optmemBytes: null,
    membershipBytes: null,
    joinedInterfaces: null,
  }
  const known = optmemBytes !== null && membershipBytes !== null && joinedInterfaces !== null
  const count = known ? Math.floor(optmemBytes / membershipBytes) - joinedInterfaces : null
  const listed = lines.find(({ staleKnown }) => staleKnown === rounds * each)?.passes
  return {
    bench,
    measure: `stale in the first report, at ${beginning}`,
    value: count,
    unit: 'memberships',
    note: `${count === rounds * each ? 'exact' : `NOT EXACT, there are ${rounds * each}`}; each is listed ${listed === undefined ? `later than pass ${passes}` : `from pass ${listed} on`}`,
  }
}
