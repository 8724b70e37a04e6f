import { type Report, report } from '@slashzero/contract/report'

type TapInput = {
  ifindex: number
  vm?: string | null
  joined?: boolean
  solicits?: number
  adverts?: number
  advertised?: Advertised
}
/** An advertisement that was seen on the tap: so long before the report, with this lifetime. */
type Advertised = { secondsAgo: number; lifetime: number }

export type ReportInput = {
  hostId?: string
  bootId?: string
  name?: string
  sequence: number
  /** Milliseconds since the epoch, by the host's clock. */
  observedAt: number
  sentAt?: number
  optmemBytes?: number | null
  stale?: number[]
  inode?: number
  pid?: number
  taps?: TapInput[]
  /** The default route that the guest agent found, by VM name. */
  routes?: Record<string, 'present' | 'absent'>
  runs?: unknown[]
}

export const boots = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002'] as const

/** A report that the contract accepts, as the ingest gets it: one namespace with the limit 20480, one radvd 2.19. */
export function makeReport(input: ReportInput): Report {
  const iso = (at: number) => new Date(at).toISOString()
  return report.parse({
    version: 1,
    sequence: input.sequence,
    observedAt: iso(input.observedAt),
    sentAt: iso(input.sentAt ?? input.observedAt),
    host: {
      id: input.hostId ?? 'host-0001',
      bootId: input.bootId ?? boots[0],
      name: input.name ?? 'hv-1',
      kernel: '6.1.0-18-amd64',
      collectorVersion: '0.1.0',
      labels: { site: 'par1' },
    },
    membershipBytes: 56,
    namespaces: [
      {
        id: 4_026_531_840,
        name: null,
        optmemMaxBytes: 20_480,
        optmemMaxSource: 'init',
        senders: [
          {
            daemon: 'radvd',
            version: '2.19',
            pid: input.pid ?? 913,
            startedAt: '2026-01-01T00:00:00.000Z',
            executableDeleted: false,
            configuration: {
              path: '/etc/radvd.conf',
              readAt: iso(input.observedAt),
              changedAt: iso(0),
              newerThanProcess: false,
              interfaces: [],
            },
            sockets: [toSocket(input)],
          },
        ],
        taps: (input.taps ?? []).map((tap) => toTap(tap, input.observedAt)),
      },
    ],
    routeChecks: Object.entries(input.routes ?? {}).map(([name, defaultRoute]) => ({
      vm: { name, uuid: null },
      method: 'guest-agent',
      checkedAt: iso(input.observedAt),
      defaultRoute,
      reason: null,
      gateway: defaultRoute === 'present' ? 'fe80::1' : null,
      expiresInSeconds: defaultRoute === 'present' ? 1800 : null,
    })),
    runs: input.runs ?? [{ probe: 'optmem', outcome: 'ok', milliseconds: 3.1, error: null }],
  })
}

function toSocket({ inode, optmemBytes, stale }: ReportInput) {
  const measured = optmemBytes === undefined ? 560 : optmemBytes
  return {
    inode: inode ?? 6813,
    optmemBytes: measured,
    method: measured === null ? null : 'pidfd',
    unmeasuredReason: measured === null ? 'no capability' : null,
    staleInterfaceIndexes: measured === null ? null : (stale ?? []),
  }
}

function toTap({ ifindex, vm, joined, solicits, adverts, advertised }: TapInput, observedAt: number) {
  const name = vm === undefined ? `vm-${ifindex}` : vm
  return {
    ifindex,
    name: `tap${ifindex}`,
    up: true,
    forwarding: true,
    allRoutersUsers: joined === false ? 1 : 2,
    routerSolicitsIn: solicits ?? 1,
    routerAdvertsIn: 0,
    routerAdvertsOut: adverts ?? 1,
    ...(advertised && { advertisements: [toAdvertisement(advertised, observedAt)] }),
    vm: name === null ? null : { name, uuid: null, pid: 2000 + ifindex },
  }
}

function toAdvertisement({ secondsAgo, lifetime }: Advertised, observedAt: number) {
  return {
    source: 'fe80::1',
    linkAddress: '02:00:00:00:00:01',
    direction: 'sent',
    seenAt: new Date(observedAt - secondsAgo * 1000).toISOString(),
    routerLifetimeSeconds: lifetime,
    sincePreviousSeconds: 198.5,
    prefixes: [],
  }
}
