import { Agent } from 'node:http'
import { ENROL_PATH, REPORTS_PATH } from '@slashzero/contract/report'
import { compressReports, enrolHost, simulateHost } from '@slashzero/demo'
import { attacks, type HostileHost, wait } from './abuse/attack.ts'
import { exchange } from './exchange.ts'
import { judge, type Measurement, quantile, type Target } from './measurement.ts'
import { type LocalPostgres, openPostgres } from './open-postgres.ts'
import { planBenchHosts } from './plan-bench-hosts.ts'
import { readMemory } from './read-usage.ts'

const BENCH = 'abuse'
const MINUTE = 60_000
const MEBIBYTE = 1024 * 1024
/** Ordinary hosts, and one with many taps. */
const HONEST = [
  { seed: 90_001, hosts: 8, vms: 100, pause: 2000 },
  { seed: 90_002, hosts: 1, vms: 2000, pause: 15_000 },
]
const HOSTILE = { seed: 90_003, vms: 1500 }
const ENROLMENT_PAUSE = 5000
const MAX_ACKNOWLEDGEMENT = 2000
/** The heap of a busy Node varies by more than a tenth. */
const MAX_GROWTH = 1.2

/** What an honest host saw: milliseconds of each acknowledged report or enrolment, and the statuses of the others. */
type Seen = { readonly latencies: number[]; readonly refused: number[] }

/** Four hostile hosts beside honest hosts on one address, for so many minutes. */
export async function benchAbuse(
  target: Target,
  minutes: number,
  progress: (text: string) => void,
): Promise<readonly Measurement[]> {
  const postgres = await openPostgres(target.databaseUrl)
  const over = new AbortController()
  try {
    const countPartitions = () => countRows(postgres, 'SELECT count(*) AS rows FROM pg_inherits', [])
    const partitions = await countPartitions()
    progress(`four hostile hosts beside ${HONEST.reduce((sum, { hosts }) => sum + hosts, 0)} honest hosts`)
    const seen: Seen = { latencies: [], refused: [] }
    const statuses = new Map<string, Map<number, number>>()
    const honest = await startHonest(target, over.signal, seen)
    const hostile = await startHostile(target, over.signal, honest.prize, statuses)
    const memory = await watchMemory(target.serverPid, minutes, seen, progress)
    over.abort()
    await Promise.all([honest.ended, hostile.ended])
    for (const [name, counts] of statuses)
      progress(`${name}: ${[...counts].map(([status, times]) => `${times} x ${status || 'cut'}`).join(', ')}`)
    const silences = await countRows(
      postgres,
      `SELECT count(*) AS rows FROM transition t JOIN hypervisor h ON h.id = t.hypervisor_id
       WHERE t."to" = 'silent' AND h.host_id = ANY($1)`,
      [honest.hostIds],
    )
    const countHistory = (table: string) =>
      countRows(
        postgres,
        `SELECT count(*) AS rows FROM ${table} r JOIN hypervisor h ON h.id = r.hypervisor_id WHERE h.host_id = ANY($1)`,
        [hostile.hostIds],
      )
    const rows = { transitions: await countHistory('transition'), samples: await countHistory('sample') }
    return describe({ seen, memory, silences, rows, partitions: (await countPartitions()) - partitions })
  } finally {
    over.abort()
    await postgres.close()
  }
}

async function startHonest(target: Target, signal: AbortSignal, seen: Seen) {
  const server = { url: target.server, signal }
  const now = Date.now()
  const agent = new Agent({ keepAlive: true })
  const plans = HONEST.flatMap(({ pause, ...input }) =>
    planBenchHosts({ ...input, now }).map((plan) => ({ plan, pause })),
  )
  const hosts = plans.map(({ plan, pause }) => ({ plan, pause, host: simulateHost(plan, now) }))
  const reporting = hosts.map(async ({ plan, pause, host }) => {
    const credential = await enrolHost(server, target.enrolmentToken, { id: plan.hostId, name: plan.name })
    const headers = {
      authorization: `Bearer ${credential}`,
      'content-type': 'application/json',
      'content-encoding': 'gzip',
    }
    while (!signal.aborted) {
      const body = await compressReports([host.observe(Date.now())])
      await note(seen, exchange(agent, new URL(REPORTS_PATH, target.server), { method: 'POST', headers, body }))
      await wait(pause, signal)
    }
  })
  const enrolling = (async () => {
    const headers = { authorization: `Bearer ${target.enrolmentToken}`, 'content-type': 'application/json' }
    for (let nth = 0; !signal.aborted; nth += 1) {
      const body = Buffer.from(JSON.stringify({ host: { id: `abuse-new-${now}-${nth}`, name: `hv-new-${nth}` } }))
      await note(seen, exchange(agent, new URL(ENROL_PATH, target.server), { method: 'POST', headers, body }))
      await wait(ENROLMENT_PAUSE, signal)
    }
  })()
  const [first] = hosts
  const prize = first?.host.observe(now).namespaces.flatMap(({ taps }) => taps.flatMap(({ vm }) => vm ?? []))[0]
  return {
    hostIds: plans.map(({ plan }) => plan.hostId),
    prize: { name: prize?.name ?? 'vm', uuid: prize?.uuid ?? null },
    ended: Promise.all([...reporting, enrolling]),
  }
}

async function note(seen: Seen, answering: ReturnType<typeof exchange>): Promise<void> {
  const answer = await answering.catch(() => ({ status: 0, milliseconds: 0 }))
  if (answer.status === 200 || answer.status === 201) seen.latencies.push(answer.milliseconds)
  else seen.refused.push(answer.status)
}

async function startHostile(
  target: Target,
  signal: AbortSignal,
  prize: HostileHost['prize'],
  statuses: Map<string, Map<number, number>>,
): Promise<{ readonly hostIds: readonly string[]; readonly ended: Promise<unknown> }> {
  const server = { url: target.server, signal }
  const now = Date.now()
  const plans = planBenchHosts({ ...HOSTILE, hosts: attacks.length, now })
  const hosts = await Promise.all(
    plans.map(async (plan) => ({
      server: target.server,
      credential: await enrolHost(server, target.enrolmentToken, { id: plan.hostId, name: plan.name }),
      report: simulateHost(plan, now).observe(now),
      prize,
    })),
  )
  const running = attacks.map(async ({ name, attack }, place) => {
    const host = hosts[place]
    const counts = new Map<number, number>()
    statuses.set(name, counts)
    if (host) await attack(host, signal, (status) => counts.set(status, (counts.get(status) ?? 0) + 1))
  })
  return { hostIds: plans.map(({ hostId }) => hostId), ended: Promise.all(running) }
}

/** The server's memory each second in MiB, by minute. */
async function watchMemory(
  pid: number,
  minutes: number,
  seen: Seen,
  progress: (text: string) => void,
): Promise<readonly (readonly number[])[]> {
  const all: number[][] = []
  const forEver = new AbortController().signal
  const started = performance.now()
  while (performance.now() - started < minutes * MINUTE) {
    const minute = Math.floor((performance.now() - started) / MINUTE)
    if (all[minute] === undefined && minute > 0)
      progress(
        `minute ${minute} of ${minutes}: ${seen.latencies.length} acknowledged, slowest ${Math.round(Math.max(...seen.latencies))} ms, ` +
          `${seen.refused.length} refused; ${Math.round(Math.max(...(all[minute - 1] ?? [])))} MiB at most`,
      )
    const own = (all[minute] ??= [])
    own.push(readMemory(pid).resident / MEBIBYTE)
    await wait(1000, forEver)
  }
  return all
}

async function countRows({ pool }: LocalPostgres, sql: string, values: readonly unknown[]): Promise<number> {
  const { rows } = await pool.query<{ rows: string }>(sql, [...values])
  return Number(rows[0]?.rows)
}

type Found = {
  readonly seen: Seen
  readonly memory: readonly (readonly number[])[]
  readonly silences: number
  readonly partitions: number
  /** The history of the hostile hosts. */
  readonly rows: { readonly transitions: number; readonly samples: number }
}

function describe({ seen: { latencies, refused }, memory, silences, partitions, rows }: Found): readonly Measurement[] {
  const each = memory.map((minute) => Math.round(Math.max(...minute)))
  const [, second] = memory
  const last = memory.length > 2 ? memory.at(-1) : undefined
  const growth = second && last ? (quantile(last, 0.5) ?? 0) / (quantile(second, 0.5) ?? 1) : null
  const zero = (measure: string, value: number, unit: string) => judge({ bench: BENCH, measure, value, unit }, 0)
  return [
    judge(
      {
        bench: BENCH,
        measure: 'slowest acknowledgement',
        value: latencies.length === 0 ? null : Math.max(...latencies),
        unit: 'ms',
        note: `of ${latencies.length} honest reports and enrolments`,
      },
      MAX_ACKNOWLEDGEMENT,
    ),
    { bench: BENCH, measure: 'acknowledgement, 95 %', value: quantile(latencies, 0.95), unit: 'ms' },
    judge(
      {
        bench: BENCH,
        measure: 'honest requests refused',
        value: refused.length,
        unit: 'requests',
        ...(refused.length > 0 && {
          note: `statuses: ${[...new Set(refused)].map((status) => status || 'cut').join(', ')}`,
        }),
      },
      0,
    ),
    zero('false silences', silences, 'verdicts'),
    zero('partitions made', partitions, 'tables'),
    { bench: BENCH, measure: 'transitions of hostile hosts', value: rows.transitions, unit: 'rows' },
    { bench: BENCH, measure: 'samples of hostile hosts', value: rows.samples, unit: 'rows' },
    {
      bench: BENCH,
      measure: 'memory of the server',
      value: each.at(-1) ?? null,
      unit: 'MiB',
      note: `at most, by minute: ${each.join(', ')}`,
    },
    judge(
      {
        bench: BENCH,
        measure: 'memory, last minute to second',
        value: growth,
        unit: 'x',
        ...(growth === null && { note: 'needs three minutes' }),
      },
      MAX_GROWTH,
    ),
  ]
}
