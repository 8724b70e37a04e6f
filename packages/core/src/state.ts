import type {
  NamespaceReport,
  RouteCheckReport,
  SeenAdvertisement,
  SenderReport,
  SocketFacts,
  SocketReport,
  TapFacts,
  TapReport,
} from '@slashzero/contract/report'
import type { HypervisorStatus, RouteStatus, TapStatus } from '@slashzero/contract/rest'

/** What is stored of a hypervisor between two judgements. Times are milliseconds since the epoch, on the server's clock. */
export type HypervisorState = {
  readonly bootId: string
  readonly status: HypervisorStatus
  readonly statusReason: string
  readonly statusSince: number
  /** When the last report arrived. */
  readonly lastSeenAt: number
  /** When the last report was observed: the host's clock, corrected by `clockSkew`. */
  readonly observedAt: number
  /** Host clock minus server clock in milliseconds when the last report was sent. */
  readonly clockSkew: number
  readonly membershipBytes: number | null
  readonly sockets: readonly SocketState[]
  readonly taps: readonly TapState[]
  readonly vms: readonly VmState[]
  /** The earliest time at which a verdict may change without another report. */
  readonly judgeAgainAt: number
  readonly memory: HypervisorMemory
}

// What `memory` holds is core's alone: others store it whole, as JSON, and read none of it.

export type HypervisorMemory = {
  /** Of the last report that was judged. */
  readonly sequence: number
  /** Milliseconds between the latest reports as observed, newest last; or the one interval that the collector names. */
  readonly reportGaps: readonly number[]
  /** What the last report said of the hypervisor, silence left aside. */
  readonly verdict: { readonly status: HypervisorStatus; readonly reason: string }
}

/** What its report says of a socket, of its sender and of its limit, with what core makes of it. */
export type SocketState = SocketFacts &
  Pick<SocketReport, 'inode' | 'optmemBytes'> &
  Pick<SenderReport, 'daemon' | 'pid'> &
  Pick<NamespaceReport, 'optmemMaxBytes' | 'optmemMaxSource'> & {
    /** `${namespaceId}:${inode}` */
    readonly key: string
    readonly namespaceId: number
    readonly namespaceName: string | null
    /** optmemBytes / unit, whole memberships; null where either is unknown. */
    readonly memberships: number | null
    readonly liveMemberships: number | null
    readonly staleMemberships: number | null
    readonly joinsLeft: number | null
    readonly sendsBlocked: boolean | null
    /** Recent usage of this very socket, oldest first, for the forecast. */
    readonly trend: readonly { readonly at: number; readonly optmemBytes: number }[]
    /** When the recent growth would block sends or joins; null where nothing grows or too little is known. */
    readonly fullAt: number | null
    readonly memory: SocketMemory
  }

export type SocketMemory = {
  /** When the socket was first seen; null where the hypervisor's first report had it already. */
  readonly appearedAt: number | null
  /** When the stale count was last seen to rise, a fall since then excepted. */
  readonly staleGrewAt: number | null
  /** Joined taps that went while the stale count did not rise: up to the report before the last, and in the last. */
  readonly departures: number
  readonly latestDepartures: number
  /** Why `staleMemberships` is null. */
  readonly staleUnknownReason: string | null
}

export type TapState = TapFacts &
  Pick<TapReport, 'ifindex' | 'name'> & {
    /** `${namespaceId}:${ifindex}`; never the name, which is used again. */
    readonly key: string
    readonly namespaceId: number
    readonly namespaceName: string | null
    readonly vmKey: string | null
    readonly status: TapStatus
    readonly statusReason: string
    readonly statusSince: number
    /** Solicitations counted since the last advertisement went out, and since when. */
    readonly unanswered: { readonly solicits: number; readonly since: number } | null
    /** The latest of each router; null where nobody listened. */
    readonly advertisements: readonly AdvertisementState[] | null
    readonly memory: TapMemory
  }

export type AdvertisementState = Omit<SeenAdvertisement, 'seenAt'> & { readonly seenAt: number }

export type TapMemory = {
  /** When the tap was first seen, or seen to come up since; null where the hypervisor's first report had it already. */
  readonly appearedAt: number | null
  /** When an advertisement last went out, or was first known to have; null where none was. */
  readonly advertisedAt: number | null
  /** The router lifetime that the sender is configured to advertise there, in seconds; missing or null where that is not known. */
  readonly configuredLifetime?: number | null
  /** What the sender's configuration or its advertisements say that can leave VMs without a default route; missing or null where nothing. */
  readonly harmful?: string | null
}

export type VmState = {
  /** The VM's uuid, or `name:${name}` where it has none; unique within its hypervisor. */
  readonly key: string
  readonly name: string
  readonly uuid: string | null
  readonly tapKeys: readonly string[]
  readonly route: RouteVerdict
  /** The latest check of each method. */
  readonly checks: readonly RouteCheckState[]
  readonly memory: VmMemory
}

export type VmMemory = {
  /** When a report last named the VM by a tap or a check, where later ones do not; null where the last one does. */
  readonly missedSince: number | null
  /** The process that runs the VM; null where no tap names it. */
  readonly pid: number | null
  /** When that process was first seen; null where the hypervisor's first report had it already. */
  readonly startedAt: number | null
  /** The route's lifetime as last renewed, in seconds, by the method that saw it. */
  readonly lifetimes: { readonly [method in RouteCheckReport['method']]?: number }
}

export type RouteVerdict = {
  readonly status: RouteStatus
  readonly reason: string | null
  readonly since: number
  readonly checkedAt: number | null
  readonly method: RouteCheckReport['method'] | null
  readonly gateway: string | null
  readonly expiresAt: number | null
  /** What is known of why the route is missing, in words; null where nothing is. */
  readonly cause: string | null
  /** When it ends if no advertisement comes; null where it does not end, or nothing tells. */
  readonly countdown: Countdown | null
}

export type Countdown = {
  readonly endsAt: number
  /** What it rests on: the guest's own check, an advertisement seen on its tap, or one that was counted and the lifetime configured. */
  readonly basis: 'guest' | 'seen' | 'configured'
  /** Whether an advertisement can still come: not where each sender near is blocked. */
  readonly renewable: boolean
}

export type RouteCheckState = {
  readonly method: RouteCheckReport['method']
  readonly checkedAt: number
  readonly defaultRoute: RouteCheckReport['defaultRoute']
  readonly reason: string | null
  readonly gateway: string | null
  readonly expiresAt: number | null
}

/** A verdict that changed; history is made of these. */
export type Transition = {
  readonly at: number
  readonly subject: 'hypervisor' | 'tap' | 'vm' | 'socket'
  /** The socket's, tap's or VM's key; empty for the hypervisor itself. */
  readonly key: string
  readonly from: string | null
  readonly to: string | null
  readonly reason: string | null
}

/** One row of history for one sender socket and one report. */
export type Sample = {
  readonly at: number
  readonly socketKey: string
  readonly daemon: string
  readonly pid: number
  readonly namespaceName: string | null
  readonly optmemBytes: number | null
  readonly optmemMaxBytes: number | null
  readonly membershipBytes: number | null
  readonly liveMemberships: number | null
  readonly staleMemberships: number | null
}

export type Judgement = {
  readonly state: HypervisorState
  readonly transitions: readonly Transition[]
  readonly samples: readonly Sample[]
}
