import { Agent } from 'node:http'
import { type Report, REPORTS_PATH } from '@slashzero/contract/report'
import { compressReports, enrolHost, simulateHost } from '@slashzero/demo'
import { exchange } from './exchange.ts'
import { BenchError, type Measurement, measuring, quantile, type Target } from './measurement.ts'
import { planBenchHosts } from './plan-bench-hosts.ts'
import { type LocalPostgres, openPostgres } from './open-postgres.ts'
import { readTreeCpu } from './read-usage.ts'
import { createPlainTables } from './write-plain-rows.ts'

const SEED = 70_001
const HOSTS = 50
const TAPS = 100
/** Reports that warm up the server's compiler and fill its tables before the measurement. */
const WARM_UP_EACH = 10
/** Ingest and peer take turns, so that a busy moment of the machine affects both. */
const TURNS = 6
const TURN_EACH = 20
const LONGEST_TURN = 4000
const REPORTS_EACH = WARM_UP_EACH + TURNS * TURN_EACH
const PASS = 15_000

type Sender = { readonly credential: string; readonly bodies: readonly Buffer[]; readonly reports: readonly Report[] }
type Turn = {
  readonly reports: number
  readonly seconds: number
  readonly latencies: readonly number[]
  readonly cpu: Cpu
}
type Cpu = { readonly server: number; readonly postgres: number; readonly sender: number }

/**
 * Reports per second that the ingest stores durably, from many hosts that each send the next report after the
 * acknowledgement of the last; against the same facts written as plain rows, turn by turn.
 */
export async function benchIngest(target: Target, progress: (text: string) => void): Promise<readonly Measurement[]> {
  const postgres = await openPostgres(target.databaseUrl)
  const peer = await createPlainTables(postgres)
  try {
    const durable = await postgres.readDurability()
    progress(`making ${HOSTS * REPORTS_EACH} reports of ${TAPS} taps`)
    const senders = await prepare(target)
    const meter = () => readCpu(target, postgres)
    progress('warming up')
    await measureTurn(meter, () => send(target, senders, 0, WARM_UP_EACH))
    await measureTurn(meter, () => peer.write(senders.flatMap(({ reports }) => reports.slice(0, 1))))
    const ingest: Turn[] = []
    const plain: Turn[] = []
    for (let turn = 0; turn < TURNS; turn += 1) {
      progress(`turn ${turn + 1} of ${TURNS}`)
      const first = WARM_UP_EACH + turn * TURN_EACH
      ingest.push(await measureTurn(meter, () => send(target, senders, first, first + TURN_EACH)))
      plain.push(
        await measureTurn(meter, () =>
          peer.write(senders.flatMap(({ reports }) => reports.slice(first, first + TURN_EACH))),
        ),
      )
    }
    return describe(sum(ingest), sum(plain), durable)
  } finally {
    await peer.drop()
    await postgres.close()
  }
}

async function prepare(target: Target): Promise<readonly Sender[]> {
  const server = { url: target.server, signal: new AbortController().signal }
  const now = Date.now()
  const from = now - REPORTS_EACH * PASS
  return Promise.all(
    planBenchHosts({ seed: SEED, hosts: HOSTS, vms: TAPS, now }).map(async (plan) => {
      const host = simulateHost(plan, from)
      const reports = Array.from({ length: REPORTS_EACH }, (_, place) => host.observe(from + place * PASS, now))
      const bodies = reports.map((report) => compressReports([report]))
      return {
        credential: await enrolHost(server, target.enrolmentToken, { id: plan.hostId, name: plan.name }),
        bodies: await Promise.all(bodies),
        reports,
      }
    }),
  )
}

/**
 * Sends the reports from `first` to before `end` of every host, for at most 4 s; returns the latencies in milliseconds.
 */
async function send(
  target: Target,
  senders: readonly Sender[],
  first: number,
  end: number,
): Promise<readonly number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: HOSTS })
  const url = new URL(REPORTS_PATH, target.server)
  const latencies: number[] = []
  const started = performance.now()
  await Promise.all(
    senders.map(async ({ credential, bodies }) => {
      const headers = {
        authorization: `Bearer ${credential}`,
        'content-type': 'application/json',
        'content-encoding': 'gzip',
      }
      for (const body of bodies.slice(first, end)) {
        if (performance.now() - started > LONGEST_TURN) return
        const answer = await exchange(agent, url, { method: 'POST', headers, body })
        if (answer.status !== 200)
          throw new BenchError(`The ingest answered ${answer.status}: ${answer.body.slice(0, 300)}`)
        latencies.push(answer.milliseconds)
      }
    }),
  )
  agent.destroy()
  return latencies
}

async function measureTurn(meter: () => Cpu, work: () => Promise<readonly number[]>): Promise<Turn> {
  const before = meter()
  const started = performance.now()
  const latencies = await work()
  const seconds = (performance.now() - started) / 1000
  const after = meter()
  const cpu = {
    server: after.server - before.server,
    postgres: after.postgres - before.postgres,
    sender: after.sender - before.sender,
  }
  return { reports: latencies.length, seconds, latencies, cpu }
}

function readCpu(target: Target, postgres: LocalPostgres): Cpu {
  const { user, system } = process.cpuUsage()
  return { server: readTreeCpu(target.serverPid), postgres: readTreeCpu(postgres.pid), sender: (user + system) / 1000 }
}

function sum(parts: readonly Turn[]): Turn {
  const add = (figure: (turn: Turn) => number) => parts.reduce((total, turn) => total + figure(turn), 0)
  return {
    reports: add(({ reports }) => reports),
    seconds: add(({ seconds }) => seconds),
    latencies: parts.flatMap(({ latencies }) => latencies),
    cpu: {
      server: add(({ cpu }) => cpu.server),
      postgres: add(({ cpu }) => cpu.postgres),
      sender: add(({ cpu }) => cpu.sender),
    },
  }
}

const NOTHING = 'HTTP, checks, verdicts and history cost nothing beside writing the facts as rows'

function describe(ingest: Turn, plain: Turn, durable: string): readonly Measurement[] {
  const figure = measuring('ingest')
  const rate = ingest.reports / ingest.seconds
  const plainRate = plain.reports / plain.seconds
  const total = ingest.cpu.server + ingest.cpu.postgres + ingest.cpu.sender
  const share = (part: number) => (100 * part) / total
  const each = (part: number, turn: Turn) => part / turn.reports
  const stored = each(ingest.cpu.server + ingest.cpu.postgres, ingest)
  return [
    figure(
      'accepted',
      rate,
      'reports/s',
      `${TAPS} taps each, ${HOSTS} hosts at once, one report a request, ${durable}`,
    ),
    figure('latency, median', quantile(ingest.latencies, 0.5), 'ms'),
    figure('latency, 95 %', quantile(ingest.latencies, 0.95), 'ms'),
    figure('CPU of the server', each(ingest.cpu.server, ingest), 'ms/report'),
    figure('CPU of PostgreSQL', each(ingest.cpu.postgres, ingest), 'ms/report'),
    figure(
      'share of the server',
      share(ingest.cpu.server),
      '% of CPU',
      'of the CPU time of server, PostgreSQL and this sender together',
    ),
    figure('share of PostgreSQL', share(ingest.cpu.postgres), '% of CPU'),
    figure('share of this sender', share(ingest.cpu.sender), '% of CPU'),
    figure(
      'peer: plain rows',
      plainRate,
      'reports/s',
      'a row a tap and a socket, one INSERT and one commit a report, 20 connections, as durable',
    ),
    figure('peer: CPU of PostgreSQL', each(plain.cpu.postgres, plain), 'ms/report'),
    figure(
      'ratio of reports/s',
      rate / plainRate,
      'x',
      `1 = ${NOTHING}; lower on a busy machine, where the peer has more processes`,
    ),
    figure(
      'ratio of CPU',
      stored / each(plain.cpu.postgres, plain),
      'x',
      `server and PostgreSQL to the peer's PostgreSQL; 1 = ${NOTHING}`,
    ),
  ]
}
