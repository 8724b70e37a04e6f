import type { Sample, Transition } from '@slashzero/core'
import type { Queryable } from '../open.ts'
import { toInstant } from '../state/instant.ts'

/** What was judged of the hypervisor `id`. */
export type Sampled = { readonly id: string; readonly samples: readonly Sample[] }
export type Moved = { readonly id: string; readonly transitions: readonly Transition[] }

const columns = `hypervisor_id, at, socket_key, daemon, pid, namespace_name,
  optmem_bytes, optmem_max_bytes, membership_bytes, live_memberships, stale_memberships`

const recordset = `json_to_recordset($1::json) AS r(hypervisor_id text, at timestamptz, socket_key text, daemon text, pid bigint,
  namespace_name text, optmem_bytes bigint, optmem_max_bytes bigint, membership_bytes integer,
  live_memberships bigint, stale_memberships bigint)`

const insertSql = `INSERT INTO sample (${columns}) SELECT * FROM ${recordset} ON CONFLICT DO NOTHING`

/** Of two rows for one bucket the one with the larger usage stays whole, so that its parts go on adding up to it. */
const rollUpSql = (table: 'sample_5m' | 'sample_1h') => `
  INSERT INTO ${table} AS kept (${columns}) SELECT * FROM ${recordset}
  ON CONFLICT (hypervisor_id, at, socket_key) DO UPDATE SET
    daemon = excluded.daemon, pid = excluded.pid, namespace_name = excluded.namespace_name,
    optmem_bytes = excluded.optmem_bytes, optmem_max_bytes = excluded.optmem_max_bytes,
    membership_bytes = excluded.membership_bytes, live_memberships = excluded.live_memberships,
    stale_memberships = excluded.stale_memberships
  WHERE excluded.optmem_bytes >= coalesce(kept.optmem_bytes, 0)`

const rollUps = [
  { name: '5m', sql: rollUpSql('sample_5m'), milliseconds: 300_000 },
  { name: '1h', sql: rollUpSql('sample_1h'), milliseconds: 3_600_000 },
]

/** Stores samples and folds them into both roll-ups, in one statement a table. A sample that is there already is left. */
export async function insertSamples(client: Queryable, sampled: readonly Sampled[]): Promise<void> {
  const rows = sampled.flatMap(({ id, samples }) => samples.map((sample) => toSampleRow(id, sample)))
  if (rows.length === 0) return
  await client.query({ name: 'insert-samples', text: insertSql, values: [JSON.stringify(rows)] })
  for (const { name, sql, milliseconds } of rollUps) {
    const largest = JSON.stringify(largestOfEach(rows, milliseconds))
    await client.query({ name: `roll-up-${name}`, text: sql, values: [largest] })
  }
}

function toSampleRow(hypervisorId: string, sample: Sample) {
  return {
    hypervisor_id: hypervisorId,
    at: toInstant(sample.at),
    socket_key: sample.socketKey,
    daemon: sample.daemon,
    pid: sample.pid,
    namespace_name: sample.namespaceName,
    optmem_bytes: sample.optmemBytes,
    optmem_max_bytes: sample.optmemMaxBytes,
    membership_bytes: sample.membershipBytes,
    live_memberships: sample.liveMemberships,
    stale_memberships: sample.staleMemberships,
  }
}

type SampleRow = ReturnType<typeof toSampleRow>

/** One statement may touch a row once, so the samples of one bucket are folded before. Later ones win ties. */
function largestOfEach(rows: readonly SampleRow[], milliseconds: number): SampleRow[] {
  const buckets = new Map<string, SampleRow>()
  for (const row of rows) {
    const at = toInstant(Math.floor(Date.parse(row.at) / milliseconds) * milliseconds)
    const bucket = `${row.hypervisor_id} ${at} ${row.socket_key}`
    const kept = buckets.get(bucket)
    if (kept === undefined || (row.optmem_bytes ?? -1) >= (kept.optmem_bytes ?? -1)) buckets.set(bucket, { ...row, at })
  }
  return [...buckets.values()]
}

/** Stores verdicts that changed. */
export async function insertTransitions(client: Queryable, moved: readonly Moved[]): Promise<void> {
  const rows = moved.flatMap(({ id, transitions }) => transitions.map((transition) => toTransitionRow(id, transition)))
  if (rows.length === 0) return
  await client.query({
    name: 'insert-transitions',
    text: `INSERT INTO transition (hypervisor_id, at, subject, key, "from", "to", reason)
      SELECT * FROM json_to_recordset($1::json)
      AS r(hypervisor_id text, at timestamptz, subject text, key text, "from" text, "to" text, reason text)`,
    values: [JSON.stringify(rows)],
  })
}

function toTransitionRow(hypervisorId: string, { at, subject, key, from, to, reason }: Transition) {
  return { hypervisor_id: hypervisorId, at: toInstant(at), subject, key, from, to, reason }
}
