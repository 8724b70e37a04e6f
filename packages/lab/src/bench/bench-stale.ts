import { setTimeout as sleep } from 'node:timers/promises'
import { type Hypervisor, startHypervisor } from '../hypervisor/start.ts'
import { cleanLeftovers } from '../leftover/clean.ts'
import { findObstacle, judge, type Measurement, measuring, quantile } from './measurement.ts'
import { type Line, runPasses } from './run-passes.ts'

const figure = measuring('stale')
const PASSES = 60
const ROUNDS = 5
const EACH = 40
const beginnings = [1000, 1_000_000] as const

/**
 * The cost of enumerating stale memberships in a pass, on a host with interface indexes above a million against a host
 * with indexes above a thousand, and whether the count is exact from the first report.
 */
export async function benchStale(progress: (text: string) => void): Promise<readonly Measurement[]> {
  const obstacle = findObstacle()
  if (obstacle !== null) return [figure('enumeration', null, 'ms', obstacle)]
  await cleanLeftovers()
  const measured: (readonly Line[])[] = []
  for (const beginning of beginnings) {
    progress(`leaking ${ROUNDS * EACH} memberships at indexes from ${beginning} on`)
    const hypervisor = await startHypervisor({ name: 'stale', served: listNames() })
    try {
      await leak(hypervisor, beginning)
      measured.push(await runPasses(hypervisor.cell, [String(PASSES), String(PASSES)]))
    } finally {
      await hypervisor.dispose()
    }
  }
  const [low = [], high = []] = measured
  const dearest = (lines: readonly Line[]) => Math.max(...lines.map(({ cpuMilliseconds }) => cpuMilliseconds))
  const later = (lines: readonly Line[]) =>
    quantile(
      lines.slice(10).map(({ cpuMilliseconds }) => cpuMilliseconds),
      0.5,
    )
  return [
    figure(
      'dearest pass at index 1,000, CPU',
      dearest(low),
      'ms',
      `of ${PASSES} from the start on: the first, which learns the machine`,
    ),
    figure('dearest pass at index 1,000,000, CPU', dearest(high), 'ms'),
    judge(figure('ratio', dearest(high) / dearest(low), 'x'), 1.2),
    figure('a later pass at index 1,000, CPU', later(low), 'ms', 'median; every index has been asked for'),
    figure(
      'a later pass at index 1,000,000, CPU',
      later(high),
      'ms',
      'median, while the others are asked for, for 10 ms a pass',
    ),
    ...[low, high].map((lines, place) => describeExactness(lines, beginnings[place] ?? 0)),
  ]
}

/** Half of the leaked memberships are at the lowest indexes of the host, the other half at the highest. */
async function leak(hypervisor: Hypervisor, beginning: number): Promise<void> {
  const { cell } = hypervisor
  const count = async () => {
    const { optmemBytes, membershipBytes } = (await hypervisor.readSender()) ?? { optmemBytes: 0, membershipBytes: 1 }
    return Math.floor(optmemBytes / membershipBytes)
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    const from = round % 2 === 0 ? beginning + round * 2 * EACH : 10 + round * 2 * EACH
    const add = listNames().map(
      (name, place) =>
        `link add ${name} index ${from + 2 * place} group 60 type veth peer name p${name} index ${from + 2 * place + 1}\n`,
    )
    const raise = listNames().map((name) => `link set ${name} up\nlink set p${name} up\n`)
    const before = await count()
    await cell.run('ip', ['-batch', '-'], [...add, ...raise].join(''))
    while ((await count()) < before + EACH) await sleep(100)
    await cell.run('ip', ['link', 'delete', 'group', '60'])
  }
  // The highest index of the host is in use, as on a real host.
  const last = beginning + ROUNDS * 2 * EACH
  await cell.run('ip', `link add last index ${last} type veth peer name plast`.split(' '))
}

function listNames(): readonly string[] {
  return Array.from({ length: EACH }, (_, place) => `v${place}`)
}

/** The server's count: memberships by option memory, minus memberships on existing interfaces. */
function describeExactness(lines: readonly Line[], beginning: number): Measurement {
  const [first] = lines
  const { optmemBytes, membershipBytes, joinedInterfaces } = first ?? {
    optmemBytes: null,
    membershipBytes: null,
    joinedInterfaces: null,
  }
  const known = optmemBytes !== null && membershipBytes !== null && joinedInterfaces !== null
  const count = known ? Math.floor(optmemBytes / membershipBytes) - joinedInterfaces : null
  const listed = lines.find(({ staleKnown }) => staleKnown === ROUNDS * EACH)?.passes
  return figure(
    `stale in the first report, at ${beginning}`,
    count,
    'memberships',
    `${count === ROUNDS * EACH ? 'exact' : `NOT EXACT, there are ${ROUNDS * EACH}`}; each is listed ${listed === undefined ? `later than pass ${PASSES}` : `from pass ${listed} on`}`,
  )
}
