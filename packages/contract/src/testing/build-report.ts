import type {
  NamespaceReport,
  Report,
  RouteCheckReport,
  SeenAdvertisement,
  SenderReport,
  SocketReport,
  TapReport,
} from '../report/index.ts'

/** The time of second 0 in every test. */
export const START = Date.parse('2026-01-01T10:00:00.000Z')

export function at(seconds: number): number {
  return START + seconds * 1000
}

export function instant(seconds: number): string {
  return new Date(at(seconds)).toISOString()
}

type ReportChanges = Partial<Omit<Report, 'host'>> & {
  readonly host?: Partial<Report['host']>
  /** Senders and taps of the one namespace. */
  readonly senders?: readonly SenderReport[]
  readonly taps?: readonly TapReport[]
}

/**
 * A report of a host with one namespace and one radvd 2.19. `seconds` after START is its sequence and, unless the
 * changes say otherwise, the time of its observation. A report is sent when it is observed.
 */
export function buildReport(seconds: number, { host, senders, taps, ...changed }: ReportChanges = {}): Report {
  const observedAt = changed.observedAt ?? instant(seconds)
  return {
    version: 1,
    sequence: seconds,
    observedAt,
    sentAt: observedAt,
    host: {
      id: 'host-0001',
      bootId: '00000000-0000-4000-8000-000000000001',
      name: 'hv-1',
      kernel: '6.1.0-18-amd64',
      collectorVersion: '0.1.0',
      labels: {},
      ...host,
    },
    membershipBytes: 56,
    namespaces: [buildNamespace({ ...(senders && { senders: [...senders] }), ...(taps && { taps: [...taps] }) })],
    routeChecks: [],
    runs: [],
    ...changed,
  }
}

export function buildNamespace(changed: Partial<NamespaceReport> = {}): NamespaceReport {
  return {
    id: 1,
    name: null,
    optmemMaxBytes: 20480,
    optmemMaxSource: 'init',
    joinedInterfaces: null,
    senders: [buildSender()],
    taps: [buildTap(7)],
    ...changed,
  }
}

export function buildSender(changed: Partial<SenderReport> = {}): SenderReport {
  return {
    daemon: 'radvd',
    version: '2.19',
    pid: 913,
    startedAt: null,
    executableDeleted: false,
    sockets: [buildSocket()],
    ...changed,
  }
}

/** One membership of 56 bytes. */
export function buildSocket(changed: Partial<SocketReport> = {}): SocketReport {
  return {
    inode: 6813,
    optmemBytes: 56,
    method: 'pidfd',
    unmeasuredReason: null,
    staleInterfaceIndexes: null,
    ...changed,
  }
}

/** A served tap of the VM `vm-<ifindex>`. */
export function buildTap(ifindex: number, changed: Partial<TapReport> = {}): TapReport {
  return {
    ifindex,
    name: `tap${ifindex}`,
    kind: 'tap',
    up: true,
    forwarding: true,
    allRoutersUsers: 2,
    routerSolicitsIn: 1,
    routerAdvertsIn: 0,
    routerAdvertsOut: 3,
    vm: { ...identity(ifindex), pid: 2000 + ifindex },
    ...changed,
  }
}

function identity(ifindex: number): { name: string; uuid: string } {
  return { name: `vm-${ifindex}`, uuid: `00000000-0000-4000-8000-${String(ifindex).padStart(12, '0')}` }
}

/** A guest agent's check of the VM behind tap 7. */
export function buildCheck(seconds: number, changed: Partial<RouteCheckReport> = {}): RouteCheckReport {
  return {
    vm: identity(7),
    method: 'guest-agent',
    checkedAt: instant(seconds),
    defaultRoute: 'present',
    reason: null,
    gateway: 'fe80::1',
    expiresInSeconds: 1790,
    ...changed,
  }
}

/** An advertisement of half an hour, sent to the VM at START. */
export function buildAdvertisement(changed: Partial<SeenAdvertisement> = {}): SeenAdvertisement {
  return {
    source: 'fe80::1',
    linkAddress: '02:00:00:00:00:01',
    direction: 'sent',
    seenAt: instant(0),
    routerLifetimeSeconds: 1800,
    sincePreviousSeconds: null,
    prefixes: [],
    ...changed,
  }
}
