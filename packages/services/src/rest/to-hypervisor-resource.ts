import type {
  HypervisorDetailResource,
  HypervisorResource,
  SenderDetailResource,
  SenderResource,
  TapResource,
} from '@slashzero/contract/rest'
import { isMute } from '@slashzero/core'
import type { HypervisorRecord, HypervisorSummary, SocketSummary, TapRecord } from '@slashzero/db'
import { toIso, toIsoOrNull } from '../time.ts'

/** Turns a hypervisor into what pages and the API say of it, without its senders. */
export function toHypervisorHead(summary: HypervisorSummary): Omit<HypervisorResource, 'senders'> {
  return {
    id: summary.id,
    name: summary.name,
    demo: summary.demo,
    labels: { ...summary.labels },
    collectorVersion: summary.collectorVersion,
    status: summary.status,
    statusReason: summary.statusReason,
    statusSince: toIso(summary.statusSince),
    lastSeenAt: toIsoOrNull(summary.lastSeenAt),
    goesDark: toGoesDark(summary),
    vms: { total: summary.vmsTotal, missing: summary.vmsMissing, unknown: summary.vmsUnknown },
  }
}

/** Turns a hypervisor into its REST resource. */
export function toHypervisorResource(
  summary: HypervisorSummary,
  sockets: readonly SocketSummary[],
): HypervisorResource {
  const senders = sockets.map((socket) => toSenderResource(socket, summary.membershipBytes))
  return { ...toHypervisorHead(summary), senders }
}

type Detail = Omit<HypervisorDetailResource, 'senders'> & {
  readonly senders: (SenderDetailResource & Pick<SocketSummary, 'key'>)[]
}

/** Turns all of a hypervisor into its REST resource. */
export function toHypervisorDetail(
  record: HypervisorRecord,
  sockets: readonly SocketSummary[],
  taps: readonly TapRecord[],
): Detail {
  return {
    ...toHypervisorFacts(record),
    senders: sockets.map((socket) => toSenderDetail(socket, record)),
    taps: taps.map(toTapResource),
  }
}

/** Turns a hypervisor's own row into what pages and the API say of it. */
export function toHypervisorFacts(record: HypervisorRecord): Omit<HypervisorDetailResource, 'senders' | 'taps'> {
  return {
    ...toHypervisorHead(record),
    hostId: record.hostId,
    kernel: record.kernel,
    observedAt: toIsoOrNull(record.observedAt),
    membershipBytes: record.membershipBytes,
    clockSkewMilliseconds: record.clockSkew,
    runs: [...record.runs],
    probes: record.probes && [...record.probes],
  }
}

/** Turns a sender socket into its REST resource, with the sender's configuration. */
export function toSenderDetail(socket: SocketSummary, record: HypervisorRecord): Detail['senders'][number] {
  return {
    ...toSenderResource(socket, record.membershipBytes),
    configuration: findConfiguration(socket, record),
  }
}

/** VMs of a silent hypervisor may have been renewed since. */
function toGoesDark({ status, vmsDark, darkFirstAt, darkLastAt }: HypervisorSummary): HypervisorResource['goesDark'] {
  if (!isMute(status) || darkFirstAt === null || darkLastAt === null) return null
  return { firstAt: toIso(darkFirstAt), lastAt: toIso(darkLastAt), vms: vmsDark }
}

function findConfiguration({ pid, key }: SocketSummary, { configurations }: HypervisorRecord) {
  const configured = configurations.find((one) => one.pid === pid && key.startsWith(`${one.namespaceId}:`))
  return configured?.summary ?? null
}

function toSenderResource(
  socket: SocketSummary,
  membershipBytes: number | null,
): SenderResource & Omit<SocketSummary, 'fullAt'> {
  return { ...socket, namespace: socket.namespaceName, membershipBytes, fullAt: toIsoOrNull(socket.fullAt) }
}

/** Turns a tap into its REST resource. */
export function toTapResource(tap: TapRecord): TapResource {
  const advertisements = tap.advertisements?.map((one) => ({ ...one, seenAt: toIso(one.seenAt) })) ?? null
  return { ...tap, namespace: tap.namespaceName, statusSince: toIso(tap.statusSince), advertisements }
}
