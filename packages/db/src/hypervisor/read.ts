import type { Queryable } from '../open.ts'
import { hypervisor } from '../tables/hypervisor.ts'
import { pulse } from '../tables/pulse.ts'
import { beside, select } from '../tables/table.ts'

const SUMMARY = [
  'id',
  'name',
  'demo',
  'labels',
  'collectorVersion',
  'status',
  'statusReason',
  'statusSince',
  'membershipBytes',
  'vmsTotal',
  'vmsMissing',
  'vmsUnknown',
  'vmsDark',
  'darkFirstAt',
  'darkLastAt',
  'optmemBytes',
  'optmemMaxBytes',
  'memberships',
  'staleMemberships',
  'joinsLeft',
  'fullAt',
] as const

/** What lists show, from the tables of `FLEET`. */
export const summary = beside(['h', hypervisor.pick(...SUMMARY)], ['p', pulse.pick('lastSeenAt')])
const record = beside(
  ['h', hypervisor.pick(...SUMMARY, 'hostId', 'kernel', 'runs', 'probes', 'configurations')],
  ['p', pulse.pick('lastSeenAt', 'clockSkew', 'observedAt')],
)
export const FLEET = 'FROM hypervisor h JOIN hypervisor_pulse p ON p.hypervisor_id = h.id'

const live = beside(['h', hypervisor.pick(...SUMMARY)], ['p', pulse.pick('lastSeenAt', 'observedAt')])

/** A hypervisor as lists show it. Times in milliseconds. */
export type HypervisorSummary = ReturnType<typeof summary.read>

/** A hypervisor as the stream of changes shows it. */
export type LiveRecord = ReturnType<typeof live.read>

/** A hypervisor as its own page shows it. */
export type HypervisorRecord = ReturnType<typeof record.read>

/** The first `limit` hypervisors by id after `after`. */
export function readHypervisorPage(client: Queryable, after: string, limit: number): Promise<HypervisorSummary[]> {
  return select(client, summary, `${FLEET} WHERE h.id > $1 ORDER BY h.id LIMIT $2`, [after, limit])
}

/** These hypervisors in any order, without removed ones. */
export function readHypervisorsById(client: Queryable, ids: readonly string[]): Promise<LiveRecord[]> {
  return select(client, live, `${FLEET} WHERE h.id = ANY($1)`, [ids], 'read-live')
}

/** One hypervisor; null if unknown. */
export async function readHypervisorRecord(client: Queryable, id: string): Promise<HypervisorRecord | null> {
  const [found = null] = await select(client, record, `${FLEET} WHERE h.id = $1`, [id])
  return found
}
