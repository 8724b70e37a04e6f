import type { HypervisorStatus } from '@slashzero/contract/rest'
import type { Queryable } from '../open.ts'
import type { StoredConfiguration } from '../state/save.ts'

/** A hypervisor as lists show it. Times in milliseconds. */
export type HypervisorSummary = {
  readonly id: string
  readonly name: string
  readonly demo: boolean
  readonly labels: Readonly<Record<string, string>>
  readonly collectorVersion: string | null
  readonly status: HypervisorStatus
  readonly statusReason: string
  readonly statusSince: number
  readonly lastSeenAt: number | null
  readonly membershipBytes: number | null
  readonly vmsTotal: number
  readonly vmsMissing: number
  readonly vmsUnknown: number
}

const columns = `id, name, demo, labels, collector_version AS "collectorVersion", status, status_reason AS "statusReason", status_since AS "statusSince",
  last_seen_at AS "lastSeenAt", membership_bytes AS "membershipBytes",
  vms_total AS "vmsTotal", vms_missing AS "vmsMissing", vms_unknown AS "vmsUnknown"`

export async function readHypervisors(client: Queryable): Promise<HypervisorSummary[]> {
  return (
    await client.query<HypervisorSummary>({ name: 'read-hypervisors', text: `SELECT ${columns} FROM hypervisor` })
  ).rows
}

/** The first `limit` hypervisors by id after `after`. */
export async function readHypervisorPage(
  client: Queryable,
  after: string,
  limit: number,
): Promise<HypervisorSummary[]> {
  const text = `SELECT ${columns} FROM hypervisor WHERE id > $1 ORDER BY id LIMIT $2`
  return (await client.query<HypervisorSummary>(text, [after, limit])).rows
}

/** A hypervisor as its own page shows it. */
export type HypervisorRecord = HypervisorSummary & {
  readonly hostId: string
  readonly kernel: string | null
  readonly clockSkewMilliseconds: number | null
  readonly runs: readonly { probe: string; outcome: 'absent' | 'failed'; milliseconds: number; error: string | null }[]
  readonly observedAt: number | null
  readonly probes: readonly string[] | null
  readonly configurations: readonly StoredConfiguration[]
}

export async function readHypervisorRecord(client: Queryable, id: string): Promise<HypervisorRecord | null> {
  const { rows } = await client.query<HypervisorRecord>(
    `SELECT ${columns}, host_id AS "hostId", kernel,
       clock_skew_ms AS "clockSkewMilliseconds", runs, observed_at AS "observedAt", probes, configurations
     FROM hypervisor WHERE id = $1`,
    [id],
  )
  return rows[0] ?? null
}
