import type { Sample } from '@slashzero/core'
import type { Queryable } from '../open.ts'
import { sample } from '../tables/history.ts'
import { UNROLLED_FROM } from './roll-up.ts'

const point = sample.omit('hypervisorId', 'at')

/** A host may have thousands of sockets; a chart shows the fullest, which fail first. */
const MAX_SOCKETS = 32

export type HeadroomSource = 'sample' | 'sample_5m' | 'sample_1h'

/**
 * The points of a hypervisor's fullest sockets, by socket and time, and the number of all sockets. A point is the
 * sample with the largest usage in its step and stands at the step's beginning, in milliseconds.
 */
export async function readHeadroomRows(
  client: Queryable,
  query: {
    readonly hypervisorId: string
    readonly source: HeadroomSource
    readonly from: number
    readonly to: number
    readonly stepSeconds: number
  },
): Promise<{ readonly rows: Sample[]; readonly sockets: number }> {
  const { rows } = await client.query<Record<string, unknown> & { bin: number; sockets: number }>(
    `WITH binned AS MATERIALIZED (
       SELECT *, date_bin(make_interval(secs => $4), at, 'epoch') AS bin FROM ${sourceOf(query.source)} AS read
       WHERE hypervisor_id = $1 AND at BETWEEN $2 AND $3),
     fullest AS (
       SELECT socket_key, count(*) OVER () AS sockets FROM binned
       GROUP BY socket_key ORDER BY max(optmem_bytes) DESC NULLS LAST, socket_key LIMIT ${MAX_SOCKETS})
     SELECT DISTINCT ON (socket_key, bin) bin, sockets, ${point.list} FROM binned JOIN fullest USING (socket_key)
     ORDER BY socket_key, bin, optmem_bytes DESC NULLS LAST, at DESC`,
    [query.hypervisorId, new Date(query.from), new Date(query.to), query.stepSeconds],
  )
  return {
    rows: rows.map((row) => Object.assign(point.read(row), { at: row.bin })),
    sockets: rows[0]?.sockets ?? 0,
  }
}

/** The samples that are not rolled up yet stand beside their roll-up, which they may repeat. */
function sourceOf(source: HeadroomSource): string {
  if (source === 'sample') return source
  return `(SELECT ${sample.list} FROM ${source} UNION ALL SELECT ${sample.list} FROM sample WHERE at >= (${UNROLLED_FROM}))`
}

/** When a sender socket replaced another, in milliseconds, and the key of the new socket. */
export async function readRestarts(
  client: Queryable,
  { hypervisorId, from, to }: { readonly hypervisorId: string; readonly from: number; readonly to: number },
): Promise<{ at: number; socketKey: string }[]> {
  const { rows } = await client.query<{ at: number; socketKey: string }>(
    `SELECT at, "to" AS "socketKey" FROM transition
     WHERE hypervisor_id = $1 AND at BETWEEN $2 AND $3 AND subject = 'socket' AND "from" IS NOT NULL AND "to" IS NOT NULL
     ORDER BY at, id`,
    [hypervisorId, new Date(from), new Date(to)],
  )
  return rows
}
