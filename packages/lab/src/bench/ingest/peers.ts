import type { Report } from '@slashzero/contract/report'
import type { HostPlan } from '@slashzero/demo'
import { BenchError, type Target } from '../measurement.ts'
import type { LocalPostgres } from '../open-postgres.ts'
import { readTreeCpu } from '../read-usage.ts'
import { createPlainTables } from '../write-plain-rows.ts'
import { openConnection } from './connection.ts'
import { measureTurn, type Turn } from './meter.ts'
import { encodeRemoteWrite, toSeries } from './remote-write.ts'
import { passOn, startSteadyHost } from './steady-host.ts'
import { type MetricsStore, startStores } from './stores.ts'

/** What a metrics store took. `cpu`: milliseconds from before its first turn until after its last. */
export type StoreCost = {
  readonly name: string
  /** Why the store was not measured; null if it was. */
  readonly reason: string | null
  readonly reports: number
  readonly seconds: number
  readonly cpu: number
  readonly samples: number
}

export type Peers = {
  /** Gives the next `reports` reports to each peer, one after another. */
  readonly turn: (reports: number) => Promise<void>
  readonly read: () => { readonly plain: readonly Turn[]; readonly stores: readonly StoreCost[] }
  readonly stop: () => Promise<void>
}

type Running = {
  readonly store: MetricsStore
  readonly cpuBefore: number
  reports: number
  seconds: number
  samples: number
}

/** Plain rows in the same PostgreSQL, and known stores of metrics, which take the same facts as the ingest. */
export async function startPeers(target: Target, postgres: LocalPostgres, plans: readonly HostPlan[]): Promise<Peers> {
  const tables = await createPlainTables(postgres)
  const found = await startStores()
  const running: Running[] = found.flatMap((store) =>
    'pid' in store ? { store, cpuBefore: readTreeCpu(store.pid), reports: 0, seconds: 0, samples: 0 } : [],
  )
  const plain: Turn[] = []
  let hosts = plans.map((plan) => startSteadyHost(plan, Date.now()))

  /** The next pass of each host. Samples of a store may not lie before earlier samples. */
  function pass(): readonly Report[] {
    hosts = hosts.map((host) => passOn(host, Math.max(Date.now(), Date.parse(host.report.observedAt) + 1)))
    return hosts.map(({ report }) => report)
  }

  return {
    async turn(count) {
      const reports = Array.from({ length: Math.ceil(count / hosts.length) }, pass).flat()
      const processes = { server: target.serverPid, postgres: postgres.pid }
      plain.push(
        await measureTurn(
          processes,
          () => tables.write(reports),
          (latencies) => latencies.length,
        ),
      )
      const writes = reports.map((report) => {
        const series = toSeries(report)
        return { body: encodeRemoteWrite(series, Date.parse(report.observedAt)), samples: series.length }
      })
      for (const one of running) {
        one.seconds += await writeAll(
          one.store,
          hosts.length,
          writes.map(({ body }) => body),
        )
        one.reports += writes.length
        one.samples += writes.reduce((sum, { samples }) => sum + samples, 0)
      }
    },
    read: () => ({
      plain,
      stores: found.map((one) =>
        costOf(
          one,
          running.find(({ store }) => store === one),
        ),
      ),
    }),
    async stop() {
      await Promise.all(running.map(({ store }) => store.stop()))
      await tables.drop()
    },
  }
}

function costOf(
  { name, ...rest }: Awaited<ReturnType<typeof startStores>>[number],
  own: Running | undefined,
): StoreCost {
  const reason = 'reason' in rest ? rest.reason : null
  const { reports = 0, seconds = 0, samples = 0 } = own ?? {}
  return { name, reason, reports, seconds, samples, cpu: own ? readTreeCpu(own.store.pid) - own.cpuBefore : 0 }
}

const TAKEN = 300

/** Seconds until the store has taken every body. Each host has a connection, because its bodies have an order. */
async function writeAll({ name, url }: MetricsStore, hosts: number, bodies: readonly Buffer[]): Promise<number> {
  const head =
    `POST ${url.pathname} HTTP/1.1\r\nhost: ${url.host}\r\ncontent-type: application/x-protobuf\r\n` +
    'content-encoding: snappy\r\nx-prometheus-remote-write-version: 0.1.0\r\n'
  const started = performance.now()
  await Promise.all(
    Array.from({ length: hosts }, async (_, host) => {
      const connection = await openConnection(url)
      try {
        for (const body of bodies.filter((__, place) => place % hosts === host)) {
          const { status, body: said } = await connection.post(head, body)
          if (status >= TAKEN) throw new BenchError(`${name} answered ${status}: ${said.slice(0, 300)}`)
        }
      } finally {
        connection.close()
      }
    }),
  )
  return (performance.now() - started) / 1000
}
