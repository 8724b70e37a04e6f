import type { Queryable } from '../open.ts'
import { hypervisor } from '../tables/hypervisor.ts'

const SUMMARY = [
  'id',
  'name',
  'demo',
  'labels',
  'collectorVersion',
  'status',
  'statusReason',
  'statusSince',
  'lastSeenAt',
  'membershipBytes',
  'vmsTotal',
  'vmsMissing',
  'vmsUnknown',
] as const

const summary = hypervisor.pick(...SUMMARY)
const record = hypervisor.pick(
  ...SUMMARY,
  'hostId',
  'kernel',
  'clockSkew',
  'runs',
  'observedAt',
  'probes',
  'configurations',
)

/** A hypervisor as lists show it. Times in milliseconds. */
export type HypervisorSummary = ReturnType<typeof summary.read>

/** A hypervisor as its own page shows it. */
export type HypervisorRecord = ReturnType<typeof record.read>

/** Every hypervisor of the fleet. */
export async function readHypervisors(client: Queryable): Promise<HypervisorSummary[]> {
  const text = `SELECT ${summary.list} FROM hypervisor`
  const { rows } = await client.query<Record<string, unknown>>({ name: 'read-hypervisors', text })
  return rows.map((row) => summary.read(row))
}

/** The first `limit` hypervisors by id after `after`. */
export async function readHypervisorPage(
  client: Queryable,
  after: string,
  limit: number,
): Promise<HypervisorSummary[]> {
  const text = `SELECT ${summary.list} FROM hypervisor WHERE id > $1 ORDER BY id LIMIT $2`
  const { rows } = await client.query<Record<string, unknown>>(text, [after, limit])
  return rows.map((row) => summary.read(row))
}

/** One hypervisor; null if unknown. */
export async function readHypervisorRecord(client: Queryable, id: string): Promise<HypervisorRecord | null> {
  const text = `SELECT ${record.list} FROM hypervisor WHERE id = $1`
  const { rows } = await client.query<Record<string, unknown>>(text, [id])
  return rows[0] === undefined ? null : record.read(rows[0])
}
