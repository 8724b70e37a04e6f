import type { HypervisorResource, SenderResource } from '@slashzero/contract/rest'
import type { HypervisorSummary, SocketSummary } from '@slashzero/db'
import { toIsoOrNull } from '../time.ts'

/** A hypervisor as the REST API answers it. */
export function toHypervisorResource(
  summary: HypervisorSummary,
  sockets: readonly SocketSummary[],
): HypervisorResource {
  return {
    id: summary.id,
    name: summary.name,
    status: summary.status,
    statusReason: summary.statusReason,
    lastSeenAt: toIsoOrNull(summary.lastSeenAt),
    senders: sockets.map((socket) => toSenderResource(socket, summary.membershipBytes)),
    vms: { total: summary.vmsTotal, missing: summary.vmsMissing, unknown: summary.vmsUnknown },
  }
}

export function toSenderResource(socket: SocketSummary, membershipBytes: number | null): SenderResource {
  return {
    daemon: socket.daemon,
    version: socket.version,
    pid: socket.pid,
    namespace: socket.namespaceName,
    optmemBytes: socket.optmemBytes,
    optmemMaxBytes: socket.optmemMaxBytes,
    membershipBytes,
    memberships: socket.memberships,
    staleMemberships: socket.staleMemberships,
    joinsLeft: socket.joinsLeft,
    sendsBlocked: socket.sendsBlocked,
  }
}
