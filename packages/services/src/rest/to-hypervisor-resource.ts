import type {
  HypervisorDetailResource,
  HypervisorResource,
  SenderDetailResource,
  SenderResource,
  TapResource,
} from '@slashzero/contract/rest'
import type { DarkRange, HypervisorRecord, HypervisorSummary, SocketSummary, TapRecord } from '@slashzero/db'
import { toIso, toIsoOrNull } from '../time.ts'

/** Turns a hypervisor into what pages and the API say of it, without its senders. */
export function toHypervisorHead(
  summary: HypervisorSummary,
  dark: DarkRange | undefined,
): Omit<HypervisorResource, 'senders'> {
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
    goesDark: dark === undefined ? null : { firstAt: toIso(dark.firstAt), lastAt: toIso(dark.lastAt), vms: dark.vms },
    vms: { total: summary.vmsTotal, missing: summary.vmsMissing, unknown: summary.vmsUnknown },
  }
}

/** Turns a hypervisor into its REST resource. */
export function toHypervisorResource(
  summary: HypervisorSummary,
  sockets: readonly SocketSummary[],
  dark: DarkRange | undefined,
): HypervisorResource {
  const senders = sockets.map((socket) => toSenderResource(socket, summary.membershipBytes))
  return { ...toHypervisorHead(summary, dark), senders }
}

type Detail = Omit<HypervisorDetailResource, 'senders'> & {
  readonly senders: (SenderDetailResource & Pick<SocketSummary, 'key'>)[]
}

/** Turns all of a hypervisor into its REST resource. */
export function toHypervisorDetail(
  record: HypervisorRecord,
  sockets: readonly SocketSummary[],
  taps: readonly TapRecord[],
  dark: DarkRange | undefined,
): Detail {
  return {
    ...toHypervisorHead(record, dark),
    hostId: record.hostId,
    kernel: record.kernel,
    observedAt: toIsoOrNull(record.observedAt),
    membershipBytes: record.membershipBytes,
    clockSkewMilliseconds: record.clockSkew,
    senders: sockets.map((socket) => ({
      ...toSenderResource(socket, record.membershipBytes),
      configuration: findConfiguration(socket, record),
    })),
    taps: taps.map(toTapResource),
    runs: [...record.runs],
    probes: record.probes && [...record.probes],
  }
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
