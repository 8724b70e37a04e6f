import type { HypervisorMemory, HypervisorState } from '@slashzero/core'
import type { Queryable } from '../open.ts'

/** What a hypervisor's own row says of it; `state` is null before its first report. */
export type LockedHypervisor = {
  readonly id: string
  readonly hostId: string
  /** Rises with every write of the state. */
  readonly version: number
  readonly state: HypervisorHead | null
}

type HypervisorHead = Omit<HypervisorState, 'sockets' | 'taps' | 'vms'>

type Row = {
  id: string
  host_id: string
  version: number
  boot_id: string | null
  status: HypervisorState['status']
  status_reason: string
  status_since: number
  last_seen_at: number | null
  observed_at: number | null
  clock_skew_ms: number | null
  membership_bytes: number | null
  judge_again_at: number | null
  memory: HypervisorMemory | null
}

const columns = `id, host_id, version, boot_id, status, status_reason, status_since, last_seen_at, observed_at,
  clock_skew_ms, membership_bytes, judge_again_at, memory`

/** Locks these hypervisors until the transaction ends, always in the same order, and reads their rows. */
export async function lockHypervisors(client: Queryable, ids: readonly string[]): Promise<LockedHypervisor[]> {
  const { rows } = await client.query<Row>({
    name: 'lock-hypervisors',
    text: `SELECT ${columns} FROM hypervisor WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE`,
    values: [ids],
  })
  return rows.map(toLocked)
}

/** Locks at most `limit` hypervisors that are due at `now`; those that another transaction holds are left to it. */
export async function lockDueHypervisors(client: Queryable, now: number, limit: number): Promise<LockedHypervisor[]> {
  const { rows } = await client.query<Row>(
    `SELECT ${columns} FROM hypervisor WHERE judge_again_at <= $1
     ORDER BY judge_again_at LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED`,
    [new Date(now), limit],
  )
  return rows.map(toLocked)
}

function toLocked(row: Row): LockedHypervisor {
  return { id: row.id, hostId: row.host_id, version: row.version, state: toHead(row) }
}

function toHead(row: Row): HypervisorHead | null {
  const { boot_id: bootId, last_seen_at: lastSeenAt, observed_at: observedAt, clock_skew_ms: clockSkew } = row
  const { judge_again_at: judgeAgainAt, memory } = row
  if (bootId === null || lastSeenAt === null || observedAt === null) return null
  if (clockSkew === null || judgeAgainAt === null || memory === null) return null
  return {
    bootId,
    status: row.status,
    statusReason: row.status_reason,
    statusSince: row.status_since,
    lastSeenAt,
    observedAt,
    clockSkew,
    membershipBytes: row.membership_bytes,
    judgeAgainAt,
    memory,
  }
}
