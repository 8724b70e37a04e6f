import type { Queryable } from '../open.ts'
import { hypervisor, type HypervisorHead } from '../tables/hypervisor.ts'
import { select } from '../tables/table.ts'

/** The row of a locked hypervisor; `state` is null before the first report. */
export type LockedHypervisor = {
  readonly id: string
  readonly hostId: string
  /** Rises with every write of the state. */
  readonly version: number
  readonly state: HypervisorHead | null
}

const head = hypervisor.pick(
  'id',
  'hostId',
  'version',
  'bootId',
  'status',
  'statusReason',
  'statusSince',
  'lastSeenAt',
  'observedAt',
  'clockSkew',
  'membershipBytes',
  'judgeAgainAt',
  'memory',
)

/** Locks these hypervisors until the transaction ends, always in the same order, and reads their rows. */
export async function lockHypervisors(client: Queryable, ids: readonly string[]): Promise<LockedHypervisor[]> {
  const rest = 'FROM hypervisor WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE'
  return (await select(client, head, rest, [ids], 'lock-hypervisors')).map(toLocked)
}

/** Locks at most `limit` hypervisors that are due at `now` and not locked by another transaction. */
export async function lockDueHypervisors(client: Queryable, now: number, limit: number): Promise<LockedHypervisor[]> {
  const rest = `FROM hypervisor WHERE judge_again_at <= $1
     ORDER BY judge_again_at LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED`
  return (await select(client, head, rest, [new Date(now), limit])).map(toLocked)
}

function toLocked({ id, hostId, version, ...rest }: ReturnType<typeof head.read>): LockedHypervisor {
  return { id, hostId, version, state: isReported(rest) ? rest : null }
}

type Stored = Omit<ReturnType<typeof head.read>, 'id' | 'hostId' | 'version'>

/** The first report fills every column but `membership_bytes`. */
function isReported(stored: Stored): stored is Stored & HypervisorHead {
  const { membershipBytes: _, ...reported } = stored
  return Object.values(reported).every((value) => value !== null)
}
