import type { Queryable } from '../open.ts'
import { hypervisor } from '../tables/hypervisor.ts'
import { select } from '../tables/table.ts'

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
export function readHypervisors(client: Queryable): Promise<HypervisorSummary[]> {
  return select(client, summary, 'FROM hypervisor', [], 'read-hypervisors')
}

/** The first `limit` hypervisors by id after `after`. */
export function readHypervisorPage(client: Queryable, after: string, limit: number): Promise<HypervisorSummary[]> {
  return select(client, summary, 'FROM hypervisor WHERE id > $1 ORDER BY id LIMIT $2', [after, limit])
}

/** One hypervisor; null if unknown. */
export async function readHypervisorRecord(client: Queryable, id: string): Promise<HypervisorRecord | null> {
  const [found = null] = await select(client, record, 'FROM hypervisor WHERE id = $1', [id])
  return found
}
