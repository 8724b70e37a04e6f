import type { Sample } from '@slashzero/core'
import type { Database, Queryable } from '../open.ts'
import { sample } from '../tables/history.ts'
import { toInstant } from '../tables/instant.ts'
import { sqlState, transaction } from '../transaction.ts'
import { RAW_RETENTION_MILLISECONDS } from './tables.ts'

/** The samples of the hypervisor `id`. */
export type Sampled = { readonly id: string; readonly samples: readonly Sample[] }

const BUCKET = 300_000
/** Samples of a bucket that come later than this after its end are rolled up on their own. */
const PATIENCE = 60_000

/** SQL: the time of the oldest sample of the hypervisor $1 that may not be rolled up. */
export const UNROLLED_FROM = `SELECT least(until, (SELECT min(at) FROM roll_up_due WHERE hypervisor_id = $1 OR hypervisor_id IS NULL))
  FROM roll_up`

/** A bucket keeps the whole row with the larger usage, so that the parts of the row add up. */
const LARGEST = 'WHERE excluded.optmem_bytes >= coalesce(kept.optmem_bytes, 0)'
const names = (at: string) => sample.columns.map(({ name }) => (name === 'at' ? at : name)).join(', ')
const into = (table: string) => `INSERT INTO ${table} AS kept (${names('at')})`
const larger = `ON CONFLICT (hypervisor_id, at, socket_key) DO UPDATE SET ${sample.columns
  .filter(({ name }) => !['hypervisor_id', 'at', 'socket_key'].includes(name))
  .map(({ name }) => `${name} = excluded.${name}`)
  .join(', ')} ${LARGEST}`

/**
 * Rolls the bucket from $1 up, of the hypervisors $2 or of all. Reads each hypervisor by the key of its samples. The
 * later sample wins a tie.
 */
const ROLL_UP = `
  WITH rolled AS (
    ${into('sample_5m')}
    SELECT largest.* FROM hypervisor h CROSS JOIN LATERAL (
      SELECT DISTINCT ON (socket_key) ${names('$1::timestamptz')} FROM sample s
      WHERE s.hypervisor_id = h.id AND s.at >= $1 AND s.at < $1::timestamptz + interval '5 minutes'
      ORDER BY socket_key, optmem_bytes DESC NULLS LAST, s.at DESC
    ) AS largest
    WHERE $2::text[] IS NULL OR h.id = ANY($2)
    ${larger} RETURNING kept.*)
  ${into('sample_1h')}
  SELECT ${names("date_bin('1 hour', at, to_timestamp(0))")} FROM rolled ${larger}`

/** Marks the buckets of samples that came after their bucket was rolled up. Runs after the samples are inserted. */
export async function markLateSamples(client: Queryable, sampled: readonly Sampled[]): Promise<void> {
  const buckets = sampled.flatMap(({ id, samples }) =>
    [...new Set(samples.map(({ at }) => Math.floor(at / BUCKET) * BUCKET))].map((at) => ({ id, at: toInstant(at) })),
  )
  // The insert locks the table, so `until` cannot move past these samples before they are committed.
  await client.query({
    name: 'mark-late-samples',
    text: `INSERT INTO roll_up_due (at, hypervisor_id)
      SELECT late.at, late.id FROM unnest($1::timestamptz[], $2::text[]) AS late(at, id), roll_up WHERE late.at < until`,
    values: [buckets.map(({ at }) => at), buckets.map(({ id }) => id)],
  })
}

/**
 * Rolls up the buckets that ended before `now`, and buckets with late samples, for at most `milliseconds`. Rolling up
 * twice changes nothing; what is left waits for the next call.
 */
export async function rollUp(db: Pick<Database, 'pool'>, now: number, milliseconds: number): Promise<void> {
  const endsAt = performance.now() + milliseconds
  await closeBuckets(db, now)
  while (performance.now() < endsAt) {
    if (!(await rollOldest(db))) return
  }
}

/** Makes the ended buckets due. Waits for the inserts in progress, whose samples may belong to the buckets. */
async function closeBuckets(db: Pick<Database, 'pool'>, now: number): Promise<void> {
  const until = Math.floor((now - PATIENCE) / BUCKET) * BUCKET
  const { rowCount } = await db.pool.query('SELECT FROM roll_up WHERE until < $1', [toInstant(until)])
  if (rowCount === 0) return
  try {
    await transaction(db, async (client) => {
      await client.query(`SET LOCAL lock_timeout = '1s'`)
      await client.query('LOCK TABLE ONLY sample IN SHARE MODE')
      await client.query(
        `INSERT INTO roll_up_due (at)
         SELECT generate_series(greatest(until, $2), $1::timestamptz - interval '5 minutes', interval '5 minutes') FROM roll_up`,
        [toInstant(until), toInstant(until - RAW_RETENTION_MILLISECONDS)],
      )
      await client.query('UPDATE roll_up SET until = $1', [toInstant(until)])
    })
  } catch (error) {
    if (sqlState(error) !== LOCK_TIMEOUT) throw error // a busy table is left for the next round
  }
}

const LOCK_TIMEOUT = '55P03' // lock_not_available

/** Rolls the oldest due bucket up; false if none is due. */
function rollOldest(db: Pick<Database, 'pool'>): Promise<boolean> {
  return transaction(db, async (client) => {
    await client.query('SELECT FROM roll_up FOR UPDATE')
    const { rows } = await client.query<{ at: number; hypervisor_id: string | null }>(
      'DELETE FROM roll_up_due WHERE at = (SELECT min(at) FROM roll_up_due) RETURNING at, hypervisor_id',
    )
    const [first] = rows
    if (first === undefined) return false
    const ids = rows.flatMap(({ hypervisor_id: id }) => (id === null ? [] : [id]))
    await client.query(ROLL_UP, [toInstant(first.at), ids.length < rows.length ? null : [...new Set(ids)]])
    return true
  })
}
