import { judge, type Measurement, measuring, quantile } from '../measurement.ts'
import { sumTurns, type Turn } from './meter.ts'
import type { StoreCost } from './peers.ts'
import type { ClosedTurn, OpenLoop } from './send.ts'

const BENCH = 'ingest'
const MEBIBYTE = 1024 * 1024
const GOALS = { wholes: 700, deltas: 2000, p99: 250, ratio: 1.5, growth: 1.1 }
const NOTHING = 'HTTP, checks, verdicts and history cost nothing beside writing the facts as rows'

/** The circumstances of a run. */
export type Found = {
  readonly durable: string
  readonly hosts: number
  readonly taps: number
  readonly connections: number
  readonly cores: number
}

type Results = {
  readonly wholes: readonly ClosedTurn[]
  readonly deltas: readonly ClosedTurn[]
  readonly field: OpenLoop
  readonly whole: OpenLoop | null
  /** Resident bytes of the server: without a host, with all hosts known, and after each turn of deltas. */
  readonly memory: readonly number[]
  /** Hosts whose last report the server holds, so that the next report may be a delta. */
  readonly held: number
  readonly plain: readonly Turn[]
  readonly stores: readonly StoreCost[]
}

const figure = measuring(BENCH)

/** The results as lines of the table, each with its goal, if any. */
export function describe(found: Found, results: Results): readonly Measurement[] {
  const { wholes, deltas, field, whole, memory, stores } = results
  const plain = sumTurns(results.plain)
  const peer = plain.cpu.postgres / plain.count
  return [
    ...describeClosed('whole', found, wholes, GOALS.wholes),
    figure(
      'peer: plain rows',
      plain.count / plain.seconds,
      'reports/s',
      'a row a tap and a socket, one INSERT and one commit a report, 20 connections, as durable',
    ),
    figure('peer: CPU of PostgreSQL', peer, 'ms/report'),
    describeRatio('whole', wholes, peer),
    ...describeClosed('delta', found, deltas, GOALS.deltas),
    describeRatio('delta', deltas, peer),
    ...describeOpen(`mixed at ${field.rate}/s`, field, GOALS.p99),
    ...(whole === null ? [] : describeOpen(`whole at ${whole.rate}/s`, whole, null)),
    judge(figure('hosts whose last report is held', results.held, 'hosts', 'in memory, as the base of a delta'), {
      atLeast: found.hosts,
    }),
    ...describeMemory(found, memory),
    ...stores.flatMap(describeStore),
  ]
}

function describeClosed(
  kind: 'whole' | 'delta',
  found: Found,
  turns: readonly ClosedTurn[],
  goal: number,
): readonly Measurement[] {
  const { cpu, count, seconds } = sumTurns(turns)
  const all = turns.map(({ result }) => result)
  const latencies = all.flatMap((sent) => sent.latencies)
  const sumOf = (read: (sent: (typeof all)[number]) => number) => all.reduce((sum, sent) => sum + read(sent), 0)
  const each = (part: number) => part / count
  const alone = Math.min((1000 * found.cores) / each(cpu.server + cpu.postgres), 1000 / each(cpu.main))
  const asked = sumOf((sent) => sent.asked)
  const line = (measure: string, value: number | null, unit: string, note?: string) =>
    figure(`${kind}: ${measure}`, value, unit, note)
  const what =
    kind === 'whole'
      ? `${found.taps} taps each`
      : `${Math.round((100 * (count - sumOf((sent) => sent.wholes))) / count)} % deltas of a steady fleet; ${asked} whole because the server held no base`
  return [
    judge(
      line(
        'accepted',
        count / seconds,
        'reports/s',
        `${what}; ${found.hosts} hosts in turn on ${found.connections} connections for ${Math.round(seconds)} s, beside this sender; ${found.durable}`,
      ),
      { atLeast: goal },
    ),
    judge(
      line(
        'server and PostgreSQL alone',
        alone,
        'reports/s',
        `computed: ${found.cores} cores by CPU a report, and at most what one main thread can do`,
      ),
      { atLeast: goal },
    ),
    line('latency, median', quantile(latencies, 0.5), 'ms'),
    line('latency, 95 %', quantile(latencies, 0.95), 'ms'),
    line('latency, 99 %', quantile(latencies, 0.99), 'ms'),
    line('CPU of the server', each(cpu.server), 'ms/report'),
    line(
      'of it, main thread',
      each(cpu.main),
      'ms/report',
      `${Math.round((100 * cpu.main) / (1000 * seconds))} % of the time`,
    ),
    line('CPU of PostgreSQL', each(cpu.postgres), 'ms/report'),
    line('CPU of this sender', each(cpu.sender), 'ms/report'),
    line('body', sumOf((sent) => sent.bytes) / count / 1024, 'KiB'),
  ]
}

function describeRatio(kind: string, turns: readonly ClosedTurn[], peer: number): Measurement {
  const { cpu, count } = sumTurns(turns)
  const ratio = (cpu.server + cpu.postgres) / count / peer
  return judge(
    figure(`${kind}: ratio of CPU`, ratio, 'x', `server and PostgreSQL to the peer's PostgreSQL; 1 = ${NOTHING}`),
    GOALS.ratio,
  )
}

function describeOpen(name: string, { seconds, sent }: OpenLoop, goal: number | null): readonly Measurement[] {
  const { latencies, refused } = sent
  const at = (share: number) => figure(`${name}: latency, ${share * 100} %`, quantile(latencies, share), 'ms')
  const note = `from the time at which the report should have left; ${latencies.length} reports in ${Math.round(seconds)} s, ${sent.wholes} whole, ${refused} refused as busy`
  const p99 = { ...at(0.99), note }
  return [at(0.5), at(0.95), goal === null ? p99 : judge(p99, goal)]
}

function describeMemory({ hosts }: Found, [start = 0, known = 0, ...turns]: readonly number[]): readonly Measurement[] {
  const [first = 0, last = 0] = [turns[0], turns.at(-1)]
  return [
    figure('memory of the server, idle', start / MEBIBYTE, 'MiB'),
    figure(`memory, ${hosts} hosts known`, known / MEBIBYTE, 'MiB'),
    figure(
      'memory a 100 hosts',
      ((known - start) / MEBIBYTE / hosts) * 100,
      'MiB',
      'resident; garbage counts, and the warm-up of the server',
    ),
    figure('memory after deltas', last / MEBIBYTE, 'MiB'),
    judge(figure('memory, growth', last / first, 'x', 'from the first turn of deltas to the last'), GOALS.growth),
  ]
}

function describeStore({ name, reason, reports, seconds, cpu, samples }: StoreCost): readonly Measurement[] {
  if (reason !== null) return [figure(`beside: ${name}`, null, 'reports/s', reason)]
  return [
    figure(
      `beside: ${name}`,
      reports / seconds,
      'reports/s',
      `the same facts by remote write, ${Math.round(samples / reports)} samples a report; nothing is on disk when it acknowledges, and nothing is judged`,
    ),
    figure(`beside: CPU of ${name}`, cpu / reports, 'ms/report', 'with its work in the background'),
  ]
}
