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
import type {
  CountdownBasis,
  HeadroomFigures,
  HypervisorStatus,
  RouteStatus,
  TapStatus,
} from '@slashzero/contract/rest'

/**
 * The stored state of a hypervisor between two judgements. Times are milliseconds since the epoch, on the server's
 * clock.
 */
export type HypervisorState = {
  readonly bootId: string
  readonly status: HypervisorStatus
  readonly statusReason: string
  readonly statusSince: number
  /** When the last report arrived. */
  readonly lastSeenAt: number
  /** When the last report was observed, on the server's clock. */
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

// Only core reads a `memory`. Other rooms store it whole, as JSON.

export type HypervisorMemory = {
  /** The sequence of the last judged report. */
  readonly sequence: number
  /**
   * Milliseconds between the latest reports as observed, newest last; or the single interval that the collector states.
   */
  readonly reportGaps: readonly number[]
  /** The namespaces without a sender, since when, and which sender ran there before; missing if none is known. */
  readonly senderless?: readonly Senderless[]
  /** The verdict of the last report, regardless of silence. */
  readonly verdict: { readonly status: HypervisorStatus; readonly reason: string }
}

export type Senderless = {
  readonly namespaceId: number
  readonly since: number
  /** The sender that was seen there before; null if none was. */
  readonly sender: string | null
}

/** Reported facts of a socket, its sender and its limit, and core's verdicts on them. */
export type SocketState = SocketFacts &
  HeadroomFigures &
  Pick<SocketReport, 'inode'> &
  Pick<SenderReport, 'daemon' | 'pid'> &
  Pick<NamespaceReport, 'optmemMaxSource'> & {
    /** `${namespaceId}:${inode}` */
    readonly key: string
    readonly namespaceId: number
    readonly namespaceName: string | null
    readonly liveMemberships: number | null
    readonly sendsBlocked: boolean | null
    /** Recent usage of this socket, oldest first, for the forecast. */
    readonly trend: readonly { readonly at: number; readonly optmemBytes: number }[]
    /** When the recent growth blocks sends or joins; null if nothing grows or too little is known. */
    readonly fullAt: number | null
    readonly memory: SocketMemory
  }

/** The sockets of a hypervisor by the id of their namespace. */
export type SocketsByNamespace = ReadonlyMap<number, readonly SocketState[]>

export type SocketMemory = {
  /** When the socket was first seen; null if the hypervisor's first report had it. */
  readonly appearedAt: number | null
  /** When a report last did not show the socket; missing or null if none did. */
  readonly appearedAfter?: number | null
  /** When a report last showed the socket able to send, and to join, before it filled up; missing if none did. */
  readonly sendsUntil?: number | null
  readonly joinsUntil?: number | null
  /** When the stale count last rose; null if it fell since. */
  readonly staleGrewAt: number | null
  /** Joined taps that went while the stale count did not rise: before the last report, and in the last report. */
  readonly departures: number
  readonly latestDepartures: number
  /** Why `staleMemberships` is null. */
  readonly staleUnknownReason: string | null
}

export type TapState = TapFacts &
  Pick<TapReport, 'ifindex' | 'name'> & {
    /** `${namespaceId}:${ifindex}`; never the name, which the host reuses. */
    readonly key: string
    readonly namespaceId: number
    readonly namespaceName: string | null
    readonly vmKey: string | null
    readonly status: TapStatus
    readonly statusReason: string
    readonly statusSince: number
    /** Solicitations since the last advertisement went out, and when the first of them was seen. */
    readonly unanswered: { readonly solicits: number; readonly since: number } | null
    /** The latest advertisement of each router; null if the collector does not listen. */
    readonly advertisements: readonly AdvertisementState[] | null
    readonly memory: TapMemory
  }

export type AdvertisementState = Omit<SeenAdvertisement, 'seenAt'> & { readonly seenAt: number }

export type TapMemory = {
  /** When the tap was first seen or last came up; null if the hypervisor's first report had it. */
  readonly appearedAt: number | null
  /** When an advertisement last went out, as far as known; null if never. */
  readonly advertisedAt: number | null
  /** When a report last showed the tap served before another status; missing or null if none did. */
  readonly servedUntil?: number | null
  /** The configured router lifetime of the tap, in seconds; missing or null if unknown. */
  readonly configuredLifetime?: number | null
  /**
   * What can leave VMs without a default route although a sender has joined; missing or null if nothing is known to.
   */
  readonly harmful?: string | null
  /** Advertisements sent since the last one was heard back, and solicitations meanwhile; null if not counted. */
  readonly unheard?: Unheard | null
  /** Since when every link-local address is tentative; missing or null if not all are. */
  readonly tentativeSince?: number | null
}

export type Unheard = { readonly sent: number; readonly solicits: number }

export type VmState = {
  /** The VM's uuid, or `name:${name}` if it has none; unique within the hypervisor. */
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
  /** When a report last named the VM by a tap or a check; null if the last report does. */
  readonly missedSince: number | null
  /** The process that runs the VM; null if no tap names the process. */
  readonly pid: number | null
  /** When the process was first seen; null if the hypervisor's first report had it. */
  readonly startedAt: number | null
  /** The route's lifetime at the last renewal, in seconds, for each method. */
  readonly lifetimes: { readonly [method in RouteCheckReport['method']]?: number }
  /** The latest check that found the route before a check that did not; missing or null if the route was never lost. */
  readonly present?: (Pick<RouteCheckState, 'gateway' | 'expiresAt'> & { readonly at: number }) | null
}

export type RouteVerdict = {
  readonly status: RouteStatus
  readonly reason: string | null
  readonly since: number
  readonly checkedAt: number | null
  readonly method: RouteCheckReport['method'] | null
  readonly gateway: string | null
  readonly expiresAt: number | null
  /** Why the route is missing, in words; null if unknown. */
  readonly cause: string | null
  /** When the route ends without another advertisement; null if it is endless or the end is unknown. */
  readonly countdown: Countdown | null
}

export type Countdown = {
  readonly endsAt: number
  readonly basis: CountdownBasis
  /** Whether an advertisement can still come; false if every sender of the namespace is blocked. */
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

/** A changed verdict, which becomes a row of history. */
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
export type Sample = Pick<HypervisorState, 'membershipBytes'> &
  Pick<
    SocketState,
    'daemon' | 'pid' | 'namespaceName' | 'optmemBytes' | 'optmemMaxBytes' | 'liveMemberships' | 'staleMemberships'
  > & { readonly at: number; readonly socketKey: string }

export type Judgement = {
  readonly state: HypervisorState
  readonly transitions: readonly Transition[]
  readonly samples: readonly Sample[]
}
