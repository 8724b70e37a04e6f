import { Agent } from 'node:http'
import { promisify } from 'node:util'
import { constants, gzip as gzipWithCallback } from 'node:zlib'
import type { Report } from '@slashzero/contract'
import { enrolHost } from '../simulate/send-reports.ts'
import { simulateHost } from '../simulate/simulate-host.ts'
import { exchange } from './exchange.ts'
import { BenchError, type Measurement, quantile, type Target } from './measurement.ts'
import { planBenchHosts } from './plan-bench-hosts.ts'
import { type LocalPostgres, openPostgres } from './open-postgres.ts'
import { readTreeCpu } from './read-usage.ts'
import { writePlainRows } from './write-plain-rows.ts'

const gzip = promisify(gzipWithCallback)

const seed = 70_001
const hosts = 50
const taps = 100
const reportsEach = 130
/** The server's compiler gets warm, and its tables their first rows, before anything is counted. */
const warmUpEach = 10
const longest = 20_000
const pass = 15_000

type Sender = { readonly credential: string; readonly bodies: readonly Buffer[]; readonly reports: readonly Report[] }
type Round = { readonly reports: number; readonly seconds: number; readonly latencies: readonly number[]; readonly cpu: Cpu }
type Cpu = { readonly server: number; readonly postgres: number; readonly sender: number }

/**
 * Reports a second that the ingest stores durably, from many hosts at once, each sending its next report when the
 * last one is acknowledged; against the same facts written as plain rows in the same run.
 */
export async function benchIngest(target: Target, progress: (text: string) => void): Promise<readonly Measurement[]> {
  const postgres = await openPostgres(target.databaseUrl)
  try {
    const durable = await postgres.readDurability()
    progress(`making ${hosts * reportsEach} reports of ${taps} taps`)
    const senders = await prepare(target)
    progress('warming up')
    await send(target, postgres, senders, 0, warmUpEach)
    progress('sending reports to the ingest')
    const ingest = await send(target, postgres, senders, warmUpEach, reportsEach)
    progress('writing the same facts as plain rows')
    const plain = await writePlainRows(postgres, senders.flatMap(({ reports }) => reports.slice(warmUpEach)), ingest.reports)
    return describe(ingest, plain, durable)
  } finally {
    await postgres.close()
  }
}

async function prepare(target: Target): Promise<readonly Sender[]> {
  const server = { url: target.server, signal: new AbortController().signal }
  const now = Date.now()
  const from = now - reportsEach * pass
  return Promise.all(
    planBenchHosts({ seed, hosts, vms: taps, now }).map(async (plan) => {
      const host = simulateHost(plan, from)
      const reports = Array.from({ length: reportsEach }, (_, place) => host.observe(from + place * pass, now))
      const bodies = reports.map((report) => gzip(JSON.stringify(report), { level: constants.Z_BEST_SPEED }))
      return {
        credential: await enrolHost(server, target.enrolmentToken, { id: plan.hostId, name: plan.name }),
        bodies: await Promise.all(bodies),
        reports,
      }
    }),
  )
}

/** Sends the reports `first` up to, and without, `end` of every host, for 20 s at most. */
async function send(target: Target, postgres: LocalPostgres, senders: readonly Sender[], first: number, end: number): Promise<Round> {
  const agent = new Agent({ keepAlive: true, maxSockets: hosts })
  const url = new URL('/ingest/v1/reports', target.server)
  const latencies: number[] = []
  const before = readCpu(target, postgres)
  const started = performance.now()
  await Promise.all(
    senders.map(async ({ credential, bodies }) => {
      for (const body of bodies.slice(first, end)) {
        if (performance.now() - started > longest) return
        const headers = { authorization: `Bearer ${credential}`, 'content-type': 'application/json', 'content-encoding': 'gzip' }
        const answer = await exchange(agent, url, { method: 'POST', headers, body })
        if (answer.status !== 200) throw new BenchError(`The ingest answered ${answer.status}: ${answer.body.slice(0, 300)}`)
        latencies.push(answer.milliseconds)
      }
    }),
  )
  const seconds = (performance.now() - started) / 1000
  const after = readCpu(target, postgres)
  agent.destroy()
  const cpu = { server: after.server - before.server, postgres: after.postgres - before.postgres, sender: after.sender - before.sender }
  return { reports: latencies.length, seconds, latencies, cpu }
}

function readCpu(target: Target, postgres: LocalPostgres): Cpu {
  const { user, system } = process.cpuUsage()
  return { server: readTreeCpu(target.serverPid), postgres: readTreeCpu(postgres.pid), sender: (user + system) / 1000 }
}

function describe(ingest: Round, plain: { reports: number; seconds: number }, durable: string): readonly Measurement[] {
  const bench = 'ingest'
  const rate = ingest.reports / ingest.seconds
  const plainRate = plain.reports / plain.seconds
  const total = ingest.cpu.server + ingest.cpu.postgres + ingest.cpu.sender
  const share = (part: number) => (100 * part) / total
  const each = (part: number) => part / ingest.reports
  return [
    { bench, measure: 'accepted', value: rate, unit: 'reports/s', note: `${taps} taps each, ${hosts} hosts at once, one report a request, ${durable}` },
    { bench, measure: 'latency, median', value: quantile(ingest.latencies, 0.5), unit: 'ms' },
    { bench, measure: 'latency, 95 %', value: quantile(ingest.latencies, 0.95), unit: 'ms' },
    { bench, measure: 'CPU of the server', value: each(ingest.cpu.server), unit: 'ms/report' },
    { bench, measure: 'CPU of PostgreSQL', value: each(ingest.cpu.postgres), unit: 'ms/report' },
    { bench, measure: 'share of the server', value: share(ingest.cpu.server), unit: '% of CPU', note: 'of all CPU that server, PostgreSQL and this sender used' },
    { bench, measure: 'share of PostgreSQL', value: share(ingest.cpu.postgres), unit: '% of CPU' },
    { bench, measure: 'share of this sender', value: share(ingest.cpu.sender), unit: '% of CPU' },
    { bench, measure: 'peer: plain rows', value: plainRate, unit: 'reports/s', note: `one row a tap and one a socket in one INSERT and one commit a report, 20 connections, ${durable}` },
    { bench, measure: 'ratio to the peer', value: rate / plainRate, unit: 'x', note: '1 = HTTP, checks, verdicts and history cost nothing beside writing the facts as rows' },
  ]
}
