import type { Report } from '@slashzero/contract/report'
import type { LocalPostgres } from './open-postgres.ts'

const SCHEMA = 'slashzero_bench'

// The minimum: no index except the key, no reads, no verdicts.
const TABLES = `
  DROP SCHEMA IF EXISTS ${SCHEMA} CASCADE;
  CREATE SCHEMA ${SCHEMA};
  CREATE TABLE ${SCHEMA}.tap (
    host text, observed_at timestamptz, ifindex int, name text, up boolean, forwarding boolean, users int,
    solicits_in bigint, adverts_in bigint, adverts_out bigint, vm_name text, vm_uuid uuid,
    default_route text, gateway text, expires_in int, PRIMARY KEY (host, observed_at, ifindex));
  CREATE TABLE ${SCHEMA}.socket (
    host text, observed_at timestamptz, inode bigint, optmem_bytes bigint, optmem_max_bytes bigint, stale int,
    PRIMARY KEY (host, observed_at, inode))`

const INSERT = `
  WITH socket AS (
    INSERT INTO ${SCHEMA}.socket
    SELECT $1, $2, * FROM json_to_recordset($3) AS s(inode bigint, "optmemBytes" bigint, "optmemMaxBytes" bigint, stale int))
  INSERT INTO ${SCHEMA}.tap
  SELECT $1, $2, * FROM json_to_recordset($4) AS t(
    ifindex int, name text, up boolean, forwarding boolean, "allRoutersUsers" int, "routerSolicitsIn" bigint,
    "routerAdvertsIn" bigint, "routerAdvertsOut" bigint, "vmName" text, "vmUuid" uuid,
    "defaultRoute" text, gateway text, "expiresInSeconds" int)`

export type PlainTables = {
  /** Writes the facts of each report as plain rows, one commit per report; returns the milliseconds of each commit. */
  readonly write: (reports: readonly Report[]) => Promise<readonly number[]>
  readonly drop: () => Promise<void>
}

/** Makes the benchmark's own tables beside the server's and writes to them over all connections at once. */
export async function createPlainTables({ pool }: LocalPostgres): Promise<PlainTables> {
  await pool.query(TABLES)
  return {
    async write(reports) {
      const latencies: number[] = []
      const waiting = reports.values()
      await Promise.all(
        Array.from({ length: pool.options.max }, async () => {
          const client = await pool.connect()
          try {
            for (const report of waiting) {
              const started = performance.now()
              await client.query({ name: 'plain-rows', text: INSERT, values: toParameters(report) })
              latencies.push(performance.now() - started)
            }
          } finally {
            client.release()
          }
        }),
      )
      return latencies
    },
    drop: async () => void (await pool.query(`DROP SCHEMA ${SCHEMA} CASCADE`)),
  }
}

function toParameters(report: Report): string[] {
  const checks = new Map(report.routeChecks.map((check) => [check.vm.uuid, check]))
  const sockets = report.namespaces.flatMap((namespace) =>
    namespace.senders.flatMap((sender) =>
      sender.sockets.map(({ inode, optmemBytes, staleInterfaceIndexes }) => ({
        inode,
        optmemBytes,
        optmemMaxBytes: namespace.optmemMaxBytes,
        stale: staleInterfaceIndexes?.length ?? null,
      })),
    ),
  )
  const taps = report.namespaces.flatMap((namespace) =>
    namespace.taps.map(({ vm, ...tap }) => {
      const { defaultRoute, gateway, expiresInSeconds } = checks.get(vm?.uuid ?? null) ?? {}
      return Object.assign(tap, { vmName: vm?.name, vmUuid: vm?.uuid, defaultRoute, gateway, expiresInSeconds })
    }),
  )
  return [report.host.id, report.observedAt, JSON.stringify(sockets), JSON.stringify(taps)]
}
