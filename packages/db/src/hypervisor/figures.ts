import type { HypervisorStatus } from '@slashzero/contract/rest'
import type { Queryable } from '../open.ts'
import { hypervisor } from '../tables/hypervisor.ts'

/** The sums of the hypervisors with one status. Times in milliseconds. */
export type StatusFigures = {
  readonly status: HypervisorStatus
  readonly hypervisors: number
  readonly vms: number
  readonly missing: number
  readonly expiring: number
  readonly unknown: number
  readonly dark: number
  readonly darkFirstAt: number | null
  readonly darkLastAt: number | null
  readonly hypervisorsWithMissing: number
  /** The hypervisors with a sender socket of known limit. */
  readonly measured: number
}

/** The figures of the fleet, or of one hypervisor, by status. They come from the hypervisors' own counters. */
export async function readFigures(client: Queryable, hypervisorId?: string): Promise<StatusFigures[]> {
  const { rows } = await client.query<StatusFigures>({
    name: 'read-figures',
    text: `SELECT status, count(*) AS hypervisors, sum(vms_total) AS vms, sum(vms_missing) AS missing,
        sum(vms_expiring) AS expiring, sum(vms_unknown) AS unknown, sum(vms_dark) AS dark,
        min(dark_first_at) AS "darkFirstAt", max(dark_last_at) AS "darkLastAt",
        count(*) FILTER (WHERE vms_missing > 0) AS "hypervisorsWithMissing", count(optmem_max_bytes) AS measured
      FROM hypervisor WHERE $1::text IS NULL OR id = $1 GROUP BY status`,
    values: [hypervisorId ?? null],
  })
  return rows
}

const column = hypervisor.pick(
  'id',
  'name',
  'status',
  'optmemBytes',
  'optmemMaxBytes',
  'memberships',
  'staleMemberships',
  'joinsLeft',
  'fullAt',
)

export type SkylineColumn = ReturnType<typeof column.read>

/** Every hypervisor, or evenly chosen ones so that they are at most `columns`, fullest first. */
export async function readSkyline(
  client: Queryable,
  columns: number,
): Promise<{ readonly hypervisors: number; readonly each: number; readonly columns: SkylineColumn[] }> {
  const { rows } = await client.query<Record<string, unknown> & { total: number; each: number }>({
    name: 'read-skyline',
    text: `SELECT * FROM (
        SELECT *, ceil(total / $1::float8)::integer AS each FROM (
          SELECT ${column.list}, count(*) OVER () AS total, row_number() OVER (
            ORDER BY optmem_bytes::float8 / nullif(optmem_max_bytes, 0) DESC NULLS LAST, name, id) AS place
          FROM hypervisor) AS ranked) AS counted
      WHERE (place - 1) % each = 0 ORDER BY place`,
    values: [columns],
  })
  return { hypervisors: rows[0]?.total ?? 0, each: rows[0]?.each ?? 1, columns: rows.map((row) => column.read(row)) }
}
