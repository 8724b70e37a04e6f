import type { HypervisorResource, SenderResource, TapResource } from '@slashzero/contract/rest'
import type { HypervisorSummary, SocketSummary, TapRecord } from '@slashzero/db'
import { toIso, toIsoOrNull } from '../time.ts'

/** Turns a hypervisor into its REST resource. */
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

/** Turns a sender socket into its REST resource, without fields outside the schema. */
export function toSenderResource(
  socket: SocketSummary,
  membershipBytes: number | null,
): SenderResource & SocketSummary {
  return { ...socket, namespace: socket.namespaceName, membershipBytes }
}

/** Turns a tap into its REST resource. */
export function toTapResource(tap: TapRecord): TapResource & Pick<TapRecord, 'advertisements'> {
  return { ...tap, namespace: tap.namespaceName, statusSince: toIso(tap.statusSince) }
}
