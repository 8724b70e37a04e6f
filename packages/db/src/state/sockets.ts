import type { SocketState } from '@slashzero/core'
import { toInstantOrNull } from './instant.ts'
import { upsertSql } from './upsert.ts'

export const upsertSocketsSql = upsertSql('sender_socket', ['hypervisor_id', 'key'], {
  hypervisor_id: 'text',
  key: 'text',
  namespace_id: 'bigint',
  namespace_name: 'text',
  inode: 'bigint',
  daemon: 'text',
  version: 'text',
  pid: 'bigint',
  started_at: 'text',
  executable_deleted: 'boolean',
  method: 'text',
  unmeasured_reason: 'text',
  optmem_bytes: 'bigint',
  optmem_max_bytes: 'bigint',
  optmem_max_source: 'text',
  memberships: 'bigint',
  live_memberships: 'bigint',
  stale_memberships: 'bigint',
  stale_interface_indexes: 'jsonb',
  joins_left: 'bigint',
  sends_blocked: 'boolean',
  trend: 'json',
  full_at: 'timestamptz',
  memory: 'json',
})

export function toSocketRow(hypervisorId: string, socket: SocketState) {
  return {
    hypervisor_id: hypervisorId,
    key: socket.key,
    namespace_id: socket.namespaceId,
    namespace_name: socket.namespaceName,
    inode: socket.inode,
    daemon: socket.daemon,
    version: socket.version,
    pid: socket.pid,
    started_at: socket.startedAt,
    executable_deleted: socket.executableDeleted,
    method: socket.method,
    unmeasured_reason: socket.unmeasuredReason,
    optmem_bytes: socket.optmemBytes,
    optmem_max_bytes: socket.optmemMaxBytes,
    optmem_max_source: socket.optmemMaxSource,
    memberships: socket.memberships,
    live_memberships: socket.liveMemberships,
    stale_memberships: socket.staleMemberships,
    stale_interface_indexes: socket.staleInterfaceIndexes,
    joins_left: socket.joinsLeft,
    sends_blocked: socket.sendsBlocked,
    trend: socket.trend,
    full_at: toInstantOrNull(socket.fullAt),
    memory: socket.memory,
  }
}

/** A stored row as node-postgres reads it. */
export type SocketRow = Omit<ReturnType<typeof toSocketRow>, 'full_at'> & { full_at: number | null }

export function toSocketState(row: SocketRow): SocketState {
  return {
    key: row.key,
    namespaceId: row.namespace_id,
    namespaceName: row.namespace_name,
    inode: row.inode,
    daemon: row.daemon,
    version: row.version,
    pid: row.pid,
    startedAt: row.started_at,
    executableDeleted: row.executable_deleted,
    method: row.method,
    unmeasuredReason: row.unmeasured_reason,
    optmemBytes: row.optmem_bytes,
    optmemMaxBytes: row.optmem_max_bytes,
    optmemMaxSource: row.optmem_max_source,
    memberships: row.memberships,
    liveMemberships: row.live_memberships,
    staleMemberships: row.stale_memberships,
    staleInterfaceIndexes: row.stale_interface_indexes,
    joinsLeft: row.joins_left,
    sendsBlocked: row.sends_blocked,
    trend: row.trend,
    fullAt: row.full_at,
    memory: row.memory,
  }
}
