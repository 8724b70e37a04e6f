import type { Queryable } from '../open.ts'
import { hypervisor, type HypervisorHead } from '../tables/hypervisor.ts'
import { pulse, type Pulsing, type Trends } from '../tables/pulse.ts'
import { beside, select } from '../tables/table.ts'

/** The stored rows of a hypervisor itself; `state` is null before the first report. */
export type StoredHypervisor = {
  readonly id: string
  readonly hostId: string
  /** Rises with every write of the state. */
  readonly version: number
  /** The highest stored sequence of the boot of `state`. */
  readonly lastSequence: number | null
  readonly state: (HypervisorHead & Pulsing) | null
  readonly trends: Trends
  readonly vmTimes: Uint8Array | null
}

const head = beside(
  ['h', hypervisor.pick('id', 'hostId', 'bootId', 'status', 'statusReason', 'statusSince', 'membershipBytes')],
  ['p', pulse.omit('hypervisorId')],
)
const FROM = 'FROM hypervisor_pulse p JOIN hypervisor h ON h.id = p.hypervisor_id'

/**
 * Reads these hypervisors without a lock: `saveStates` refuses to write if another process has written since. Read them
 * before their sockets, taps and VMs.
 */
export async function readStored(client: Queryable, ids: readonly string[]): Promise<StoredHypervisor[]> {
  return (await select(client, head, `${FROM} WHERE p.hypervisor_id = ANY($1)`, [ids], 'read-stored')).map(toStored)
}

/** Locks at most `limit` hypervisors that are due at `now` and not locked by another transaction. */
export async function lockDueHypervisors(client: Queryable, now: number, limit: number): Promise<StoredHypervisor[]> {
  const rest = `${FROM} WHERE p.judge_again_at <= $1
     ORDER BY p.judge_again_at LIMIT $2 FOR NO KEY UPDATE OF p SKIP LOCKED`
  return (await select(client, head, rest, [new Date(now), limit])).map(toStored)
}

function toStored({
  id,
  hostId,
  version,
  lastSequence,
  trends,
  vmTimes,
  ...rest
}: ReturnType<typeof head.read>): StoredHypervisor {
  return { id, hostId, version, lastSequence, state: isReported(rest) ? rest : null, trends: trends ?? {}, vmTimes }
}

type Known = HypervisorHead & Pulsing
type Stored = Pick<ReturnType<typeof head.read>, keyof Known>

/** The first report fills every column but `membership_bytes`. */
function isReported(stored: Stored): stored is Stored & Known {
  const { membershipBytes: _, ...reported } = stored
  return Object.values(reported).every((value) => value !== null)
}
