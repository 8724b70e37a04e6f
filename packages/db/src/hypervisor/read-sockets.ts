import type { SocketState } from '@slashzero/core'
import type { Queryable } from '../open.ts'

/** A sender socket without what only core and the forecast need. */
export type SocketSummary = Omit<SocketState, 'trend' | 'memory' | 'namespaceId' | 'inode'> & {
  readonly hypervisorId: string
}

const columns = `hypervisor_id AS "hypervisorId", key, namespace_name AS "namespaceName", daemon, version, pid,
  started_at AS "startedAt", executable_deleted AS "executableDeleted", method, unmeasured_reason AS "unmeasuredReason",
  optmem_bytes AS "optmemBytes", optmem_max_bytes AS "optmemMaxBytes", optmem_max_source AS "optmemMaxSource",
  memberships, live_memberships AS "liveMemberships", stale_memberships AS "staleMemberships",
  stale_interface_indexes AS "staleInterfaceIndexes", joins_left AS "joinsLeft", sends_blocked AS "sendsBlocked",
  full_at AS "fullAt"`

/** The sender sockets of these hypervisors, by hypervisor. */
export async function readSockets(
  client: Queryable,
  hypervisorIds: readonly string[],
): Promise<Map<string, SocketSummary[]>> {
  const { rows } = await client.query<SocketSummary>(
    `SELECT ${columns} FROM sender_socket WHERE hypervisor_id = ANY($1) ORDER BY hypervisor_id, daemon, pid, key`,
    [hypervisorIds],
  )
  return Map.groupBy(rows, (row) => row.hypervisorId)
}

/** What the fleet's headroom is made of. */
export type SocketHeadroom = Pick<
  SocketState,
  'optmemBytes' | 'optmemMaxBytes' | 'memberships' | 'staleMemberships' | 'joinsLeft' | 'sendsBlocked' | 'fullAt'
> & { readonly hypervisorId: string }

/** The headroom of every sender socket of the fleet, by hypervisor. */
export async function readHeadrooms(client: Queryable): Promise<Map<string, SocketHeadroom[]>> {
  const { rows } = await client.query<SocketHeadroom>({
    name: 'read-headrooms',
    text: `SELECT hypervisor_id AS "hypervisorId", optmem_bytes AS "optmemBytes", optmem_max_bytes AS "optmemMaxBytes",
      memberships, stale_memberships AS "staleMemberships", joins_left AS "joinsLeft",
      sends_blocked AS "sendsBlocked", full_at AS "fullAt" FROM sender_socket`,
  })
  return Map.groupBy(rows, (row) => row.hypervisorId)
}
