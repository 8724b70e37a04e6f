import { SEND_BYTES } from '@slashzero/contract/report'
import type {
  NamespaceReport,
  ProbeRun,
  Report,
  RouteCheckReport,
  SeenAdvertisement,
  SenderReport,
  SocketReport,
  TapReport,
} from '@slashzero/contract/report'
import type { Metric } from './metric.ts'

export const PASS: readonly Metric<Report>[] = [
  {
    name: 'slashzero_last_pass_timestamp_seconds',
    help: 'Start of the pass that these metrics come from. A scrape does not make them newer.',
    read: ({ observedAt }) => toSeconds(observedAt),
  },
  {
    name: 'slashzero_membership_bytes',
    help: 'Option memory that this kernel charges a socket for one multicast membership, as calibrated.',
    read: ({ membershipBytes }) => membershipBytes,
  },
]

export const NAMESPACE: readonly Metric<NamespaceReport>[] = [
  {
    name: 'slashzero_optmem_limit_bytes',
    help: 'Limit of option memory (net.core.optmem_max) for sockets of the network namespace.',
    read: ({ optmemMaxBytes }) => optmemMaxBytes,
  },
]

export const SENDER_INFO: readonly Metric<SenderReport>[] = [
  {
    name: 'slashzero_sender_info',
    help: 'A daemon that sends Router Advertisements, with its version.',
    read: () => 1,
  },
]

export const SENDER: readonly Metric<SenderReport>[] = [
  {
    name: 'slashzero_sender_start_time_seconds',
    help: 'When the process of the daemon started.',
    read: ({ startedAt }) => (startedAt === null ? null : toSeconds(startedAt)),
  },
  {
    name: 'slashzero_sender_executable_deleted',
    help: 'Whether the daemon runs from an executable that was replaced or removed since it started.',
    read: ({ executableDeleted }) => executableDeleted,
  },
]

/** `membershipBytes`: the report's. */
export const SOCKET: readonly Metric<SocketReport & Pick<Report, 'membershipBytes'>>[] = [
  {
    name: 'slashzero_socket_measured',
    help: 'Whether the option memory of the socket could be read. If not, the report and the log say why.',
    read: ({ optmemBytes }) => optmemBytes !== null,
  },
  {
    name: 'slashzero_socket_optmem_bytes',
    help: 'Option memory that the socket is charged (sk_omem_alloc). No series if the read failed.',
    read: ({ optmemBytes }) => optmemBytes,
  },
  {
    name: 'slashzero_socket_memberships_stale',
    help: 'Memberships of ff02::2 that the socket holds on interfaces that no longer exist. No series if they could not be counted.',
    read: countStale,
  },
]

export const TAP_INFO: readonly Metric<TapReport>[] = [
  {
    name: 'slashzero_tap_info',
    help: 'A tap, with its kind and its VM.',
    read: () => 1,
  },
]

export const TAP: readonly Metric<TapReport>[] = [
  {
    name: 'slashzero_tap_up',
    help: 'Whether the tap is up and a process has opened its other end.',
    read: ({ up }) => up,
  },
  {
    name: 'slashzero_tap_forwarding',
    help: "Whether IPv6 forwarding is on for the tap's listener. If so, the kernel itself is one user of ff02::2 there.",
    read: ({ forwarding }) => forwarding,
  },
  {
    name: 'slashzero_tap_all_routers_users',
    help: "Users of the all-routers group ff02::2 on the tap's listener, from /proc/net/igmp6.",
    read: ({ allRoutersUsers }) => allRoutersUsers,
  },
  {
    name: 'slashzero_tap_router_solicits_received_total',
    help: 'Router Solicitations that came in on the tap, or on its bridge.',
    read: ({ routerSolicitsIn }) => routerSolicitsIn,
  },
  {
    name: 'slashzero_tap_router_adverts_received_total',
    help: "Router Advertisements that came in on the tap, or on its bridge, including the host's own that it hears.",
    read: ({ routerAdvertsIn }) => routerAdvertsIn,
  },
  {
    name: 'slashzero_tap_router_adverts_sent_total',
    help: 'Router Advertisements that went out on the tap, or on its bridge.',
    read: ({ routerAdvertsOut }) => routerAdvertsOut,
  },
]

/** The latest advertisement of a tap in one direction. */
export const ADVERTISEMENT: readonly Metric<SeenAdvertisement>[] = [
  {
    name: 'slashzero_tap_router_advert_timestamp_seconds',
    help: 'When a Router Advertisement was last seen on the tap: sent to its VM, or received from it. No series without watch-advertisements.',
    read: ({ seenAt }) => toSeconds(seenAt),
  },
  {
    name: 'slashzero_tap_router_advert_lifetime_seconds',
    help: 'Router lifetime of the last Router Advertisement seen on the tap; 0 means no default route. No series without watch-advertisements.',
    read: ({ routerLifetimeSeconds }) => routerLifetimeSeconds,
  },
]

export const ROUTE_STATE: readonly Metric<boolean>[] = [
  {
    name: 'slashzero_vm_default_route',
    help: "Result of a check of a VM's default route ::/0: 1 for its state (present, absent, expired, unknown), 0 for the others.",
    read: (holds) => holds,
  },
]

export const ROUTE: readonly Metric<RouteCheckReport>[] = [
  {
    name: 'slashzero_vm_default_route_expiry_timestamp_seconds',
    help: 'When the default route of a VM ends unless it is renewed, from the last check. No series if it does not end or is unknown.',
    read: ({ checkedAt, expiresInSeconds }) =>
      expiresInSeconds === null ? null : toSeconds(checkedAt) + expiresInSeconds,
  },
  {
    name: 'slashzero_vm_route_check_timestamp_seconds',
    help: 'When the default route of a VM was last checked.',
    read: ({ checkedAt }) => toSeconds(checkedAt),
  },
]

export const PROBE: readonly Metric<ProbeRun>[] = [
  {
    name: 'slashzero_probe_success',
    help: 'Whether a probe of the collector could read everything. No series if this machine has nothing to read.',
    read: ({ outcome }) => (outcome === 'absent' ? null : outcome === 'ok'),
  },
  {
    name: 'slashzero_probe_duration_seconds',
    help: 'How long a probe of the collector took.',
    read: ({ milliseconds }) => milliseconds / 1000,
  },
]

/** What the socket has not joined is stale. An advertisement under way is charged SEND_BYTES. */
function countStale({
  staleInterfaceIndexes: stale,
  joinedInterfaces: joined,
  optmemBytes: used,
  membershipBytes: unit,
}: SocketReport & Pick<Report, 'membershipBytes'>): number | null {
  if (stale !== null) return stale.length
  if (joined === undefined || used === null || unit === null || ![0, SEND_BYTES].includes(used % unit)) return null
  return Math.max(0, Math.floor(used / unit) - joined)
}

/** Seconds since the epoch; NaN for an invalid time. */
function toSeconds(instant: string): number {
  return Date.parse(instant) / 1000
}
