import { type ProbeRun, type Report, report, type TapReport } from '@slashzero/contract/report'
import {
  buildAdvertisement,
  buildCheck,
  buildNamespace,
  buildReport,
  buildSender,
  buildSocket,
  buildTap,
} from '@slashzero/contract/testing'

type TapInput = {
  ifindex: number
  vm?: string | null
  joined?: boolean
  solicits?: number
  adverts?: number
  advertised?: Advertised
}
/** An advertisement seen on the tap: its age at the report, and its lifetime. */
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
  /** The default route in the guest agent's answer, by VM name. */
  routes?: Record<string, 'present' | 'absent'>
  runs?: ProbeRun[]
}

export const boots = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002'] as const

/** A report as the ingest gets it from the schema: one radvd with one socket, VMs known by their names alone. */
export function makeReport({ taps = [], routes = {}, ...input }: ReportInput): Report {
  const observedAt = toInstant(input.observedAt)
  const configuration = {
    path: '/etc/radvd.conf',
    readAt: toInstant(0),
    changedAt: toInstant(0),
    newerThanProcess: false,
    interfaces: [],
  }
  const sender = buildSender({
    pid: input.pid ?? 913,
    startedAt: '2026-01-01T00:00:00.000Z',
    configuration,
    sockets: [toSocket(input)],
  })
  const built = buildReport(input.sequence, {
    observedAt,
    sentAt: toInstant(input.sentAt ?? input.observedAt),
    host: {
      id: input.hostId ?? 'host-0001',
      bootId: input.bootId ?? boots[0],
      name: input.name ?? 'hv-1',
      labels: { site: 'par1' },
    },
    namespaces: [
      buildNamespace({ id: 4_026_531_840, senders: [sender], taps: taps.map((tap) => toTap(tap, input.observedAt)) }),
    ],
    routeChecks: Object.entries(routes).map(([name, defaultRoute]) =>
      buildCheck(0, {
        vm: { name, uuid: null },
        checkedAt: observedAt,
        defaultRoute,
        ...(defaultRoute === 'present' ? { expiresInSeconds: 1800 } : { gateway: null, expiresInSeconds: null }),
      }),
    ),
    runs: input.runs ?? [{ probe: 'optmem', outcome: 'ok', milliseconds: 3.1, error: null }],
  })
  return report.parse(built)
}

function toInstant(at: number): string {
  return new Date(at).toISOString()
}

function toSocket({ inode = 6813, optmemBytes = 560, stale = [] }: ReportInput) {
  // The joins account for every membership that is not stale.
  const joinedInterfaces = Math.floor((optmemBytes ?? 0) / 56) - stale.length
  const measured = { inode, optmemBytes, joinedInterfaces, staleInterfaceIndexes: stale }
  const unmeasured = { method: null, unmeasuredReason: 'no capability', staleInterfaceIndexes: null }
  return buildSocket({ ...measured, ...(optmemBytes === null && unmeasured) })
}

function toTap({ ifindex, joined = true, advertised, ...tap }: TapInput, observedAt: number): TapReport {
  const name = tap.vm === undefined ? `vm-${ifindex}` : tap.vm
  return buildTap(ifindex, {
    allRoutersUsers: joined ? 2 : 1,
    routerSolicitsIn: tap.solicits ?? 1,
    routerAdvertsOut: tap.adverts ?? 1,
    ...(advertised && { advertisements: [toAdvertisement(advertised, observedAt)] }),
    vm: name === null ? null : { name, uuid: null, pid: 2000 + ifindex },
  })
}

function toAdvertisement({ secondsAgo, lifetime }: Advertised, observedAt: number) {
  return buildAdvertisement({
    seenAt: toInstant(observedAt - secondsAgo * 1000),
    routerLifetimeSeconds: lifetime,
    sincePreviousSeconds: 198.5,
  })
}
