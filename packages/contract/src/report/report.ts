import { z } from 'zod'
import { HOST_ID, HOST_ID_EXPECTED } from './ingest.ts'
import { list } from './list.ts'
import { ROUTE_CHECK_METHODS } from './route-check-methods.ts'
import { MAX_NAME_CHARACTERS, reason, visibleText } from './text.ts'

/**
 * A cumulative kernel counter; null if it could not be read. A counter beyond 2^53 is sent as null with a failed run.
 */
const counter = z.int().nonnegative().nullable()
const bytes = z.int().nonnegative()
const ifindex = z.int().min(1).max(2_147_483_647)
const instant = z.iso.datetime({ offset: true })
const milliseconds = z.number().nonnegative()
const name = visibleText(MAX_NAME_CHARACTERS)

export const vmIdentity = z.object({ name, uuid: z.guid().toLowerCase().nullable() })

/** Seconds; null for a lifetime without end. */
const lifetime = z.int().nonnegative().nullable()

const advertisedPrefix = z.object({
  prefix: visibleText(64),
  onLink: z.boolean(),
  autonomous: z.boolean(),
  validLifetimeSeconds: lifetime,
  preferredLifetimeSeconds: lifetime,
})

/** The latest Router Advertisement of one router that crossed a tap. */
export const seenAdvertisement = z.object({
  /** The router's link-local address. */
  source: visibleText(64),
  /** The sender of the frame, as `02:00:00:00:00:01`; null if unknown. */
  linkAddress: visibleText(64).nullable(),
  /** `sent` went out of the tap, towards the VM; `received` came in from it. */
  direction: z.enum(['sent', 'received']),
  seenAt: instant,
  /** The lifetime of the default route that it announces; 0 announces no route and ends a route. */
  routerLifetimeSeconds: z.int().nonnegative().max(0xffff_ffff),
  /**
   * The pause after the router's last advertisement in this direction; null for the first, or if some were missed.
   */
  sincePreviousSeconds: z.number().nonnegative().nullable(),
  prefixes: list(advertisedPrefix, 16),
})

/** A tap: any VM port, which is a tun device in tap mode, a macvtap, a vhost-user port or a veth. */
export const tapReport = z.object({
  ifindex,
  /** At most 15 bytes in the kernel; bytes that are not UTF-8 arrive as `\xNN`. */
  name: visibleText(60),
  /** How the collector recognised the tap. */
  kind: z.enum(['tap', 'macvtap', 'vhost-user', 'veth', 'other']).default('tap'),
  /** The interface that a daemon must join to hear the VM: the tap, or its bridge; null if unknown. */
  listener: visibleText(60).nullish(),
  /** Up and with a carrier. A tap has no carrier while no process has it open. */
  up: z.boolean(),
  /** `conf/TAP/forwarding`; null if it could not be read. */
  forwarding: z.boolean().nullable(),
  /** `conf/TAP/disable_ipv6`, of the listener; null if it could not be read. */
  ipv6Disabled: z.boolean().nullish(),
  /**
   * The link-local addresses of the listener; missing if they were not read. Duplicate: another machine uses the
   * address.
   */
  linkLocals: list(
    z.object({ address: visibleText(64), state: z.enum(['usable', 'tentative', 'duplicate']) }),
    16,
  ).optional(),
  /** The `users` column of ff02::2 in `/proc/net/igmp6`; 0 if the group is absent, null if it could not be read. */
  allRoutersUsers: z.int().nonnegative().nullable(),
  /** The bridge whose counters stand for the tap, because the kernel counts bridged packets there. Missing: its own. */
  countedOn: visibleText(60).nullish(),
  routerSolicitsIn: counter,
  routerAdvertsIn: counter,
  routerAdvertsOut: counter,
  /** Missing if the collector does not listen to advertisements; null if it could not listen. */
  advertisements: list(seenAdvertisement, 16).nullish(),
  vm: vmIdentity.extend({ pid: z.int().positive() }).nullable(),
})

/** The facts of a tap that the server only shows. They are stored whole, and older rows lack them. */
export const tapFacts = tapReport.omit({ ifindex: true, name: true, listener: true, advertisements: true, vm: true })

export const socketReport = z.object({
  inode: z.int().positive(),
  optmemBytes: bytes.nullable(),
  method: z.enum(['sock_diag', 'pidfd']).nullable(),
  unmeasuredReason: reason.nullable(),
  /** Messages, including Router Solicitations, that the socket lost to a full receive buffer since it was opened. */
  receiveDrops: counter.optional(),
  /** Existing interfaces on which the socket is a member of ff02::2; missing if the socket was not asked. */
  joinedInterfaces: z.int().nonnegative().optional(),
  /** The number of stale interfaces found so far; missing if the socket was not asked. */
  staleInterfacesFound: z.int().nonnegative().optional(),
  /** Interfaces that no longer exist and whose ff02::2 membership the socket still holds; null until all are found. */
  staleInterfaceIndexes: list(ifindex, 20_000).nullable(),
})

const refusedSetting = z.object({
  option: visibleText(64),
  value: z.number(),
  min: z.number(),
  max: z.number().nullable(),
  /** The first version of the sender that takes the value; given if the version is not known. */
  before: visibleText(64).optional(),
})

/** A sender's configuration of one interface. Missing settings have the sender's defaults (RFC 4861, 6.2.1). */
export const configuredInterface = z.object({
  name: visibleText(60),
  sendsAdverts: z.boolean(),
  /** Whether the sender only answers solicitations and sends no unsolicited advertisement. */
  unicastOnly: z.boolean(),
  minIntervalSeconds: z.number().nonnegative(),
  maxIntervalSeconds: z.number().nonnegative(),
  /** 0 if the sender is not a default router. */
  routerLifetimeSeconds: z.int().nonnegative(),
  prefixes: list(advertisedPrefix, 256),
  /**
   * The lifetime of a default route that a route option makes (RFC 4191), whatever the router lifetime is; null if
   * endless, missing without such an option.
   */
  defaultRouteSeconds: z.int().nonnegative().nullish(),
  /** How many clients the sender advertises to, if not to all. */
  clients: z.int().nonnegative().optional(),
  /** Settings for which the sender leaves the interface alone. */
  refusals: z.array(refusedSetting).min(1).max(16).optional(),
})

export const senderConfiguration = z.object({
  /** A path in the sender's own file system, or `its command line`. */
  path: visibleText(255),
  readAt: instant,
  /** When the file was changed. */
  changedAt: instant,
  /**
   * Whether the file changed after the sender's start, so that the sender may use an older one; null if the start is
   * unknown.
   */
  newerThanProcess: z.boolean().nullable(),
  /** Only the interfaces that are the listener of a tap of the namespace. */
  interfaces: list(configuredInterface, 20_000),
})

export const senderReport = z.object({
  daemon: visibleText(64),
  version: visibleText(64).nullable(),
  pid: z.int().positive(),
  startedAt: instant.nullable(),
  executableDeleted: z.boolean(),
  /** Null if the collector does not read this sender's configuration, or could not read it. */
  configuration: senderConfiguration.nullish(),
  /** What the sender refuses in its configuration, as `FILE:LINE: …`: a reload or a restart would end the sender. */
  configurationError: reason.optional(),
  /**
   * The listeners of taps on which a socket of the sender is a member of ff02::2; null if a socket could not be asked.
   * Sent only if the namespace has several senders, because igmp6 does not say which sender has joined.
   */
  joinedListeners: list(visibleText(60), 20_000).nullish(),
  /** At most 256: the fullest sockets, which fail first. */
  sockets: list(socketReport, 256),
})

/** The facts of a sender and its socket that the server only shows. They are stored whole, and older rows lack them. */
export const socketFacts = socketReport
  .omit({ inode: true, optmemBytes: true })
  .extend(senderReport.pick({ version: true, startedAt: true, executableDeleted: true }).shape)

export const namespaceReport = z.object({
  /** Inode of the network namespace. */
  id: z.int().positive(),
  name: name.nullable(),
  optmemMaxBytes: bytes.nullable(),
  /** `namespace` if the namespace has its own limit (Linux 6.8 and later), `init` if the limit is the host's. */
  optmemMaxSource: z.enum(['namespace', 'init']).nullable(),
  /**
   * The number of interfaces, taps or not, on which a daemon has joined ff02::2: interfaces with more users in
   * `/proc/net/igmp6` than the kernel itself, which is one user if forwarding is on. Null if it could not be read.
   */
  joinedInterfaces: z.int().nonnegative().nullable().default(null),
  senders: list(senderReport, 256),
  taps: list(tapReport, 20_000),
})

export const routeCheckMethod = z.enum(ROUTE_CHECK_METHODS)

export const routeCheckReport = z.object({
  vm: vmIdentity,
  method: routeCheckMethod,
  checkedAt: instant,
  defaultRoute: z.enum(['present', 'absent', 'expired', 'unknown']),
  reason: reason.nullable(),
  gateway: visibleText(64).nullable(),
  expiresInSeconds: z.int().min(-2_147_483_648).max(4_294_967_295).nullable(),
})

export const probeRun = z.object({
  probe: visibleText(64),
  outcome: z.enum(['ok', 'absent', 'failed']),
  milliseconds,
  error: reason.nullable(),
})

const MAX_LABELS = 64

/** Counts before it reads a label. */
const labels = z
  .custom<Record<string, string>>(
    (value) => typeof value !== 'object' || value === null || Object.keys(value).length <= MAX_LABELS,
    `expected at most ${MAX_LABELS} labels`,
  )
  .pipe(z.record(visibleText(64), visibleText(255)))

export const hostReport = z.object({
  id: z.string().regex(HOST_ID, HOST_ID_EXPECTED),
  bootId: z.guid().toLowerCase(),
  name,
  kernel: visibleText(128),
  collectorVersion: visibleText(64),
  /** Every fleet page reads them. */
  labels: labels.default({}),
})

/**
 * The most of each over all namespaces of a report, because the server judges and stores one host's report while others
 * wait. A tap and a socket are judged against every socket of their namespace: `pairs`, about 0.6 µs each.
 */
const MAX_IN_REPORT = { taps: 4000, sockets: 4096, pairs: 100_000 } as const

/** What a report holds too much of, in words; null if nothing. */
export function findExcess(namespaces: readonly NamespaceReport[]): string | null {
  let [taps, sockets, pairs] = [0, 0, 0]
  for (const namespace of namespaces) {
    const own = namespace.senders.reduce((sum, sender) => sum + sender.sockets.length, 0)
    taps += namespace.taps.length
    sockets += own
    pairs += own * (own + namespace.taps.length)
  }
  const { taps: maxTaps, sockets: maxSockets, pairs: maxPairs } = MAX_IN_REPORT
  if (taps > maxTaps) return `holds ${taps} taps over all namespaces; a report may hold ${maxTaps}`
  if (sockets > maxSockets) return `holds ${sockets} sockets over all namespaces; a report may hold ${maxSockets}`
  if (pairs <= maxPairs) return null
  return `holds too many sockets in a namespace: sockets times sockets and taps is ${pairs}; it may be ${maxPairs}`
}

/** Report version 1: one pass of one collector on one hypervisor. The schema accepts and drops unknown fields. */
export const report = z
  .object({
    version: z.literal(1),
    /** Rises with every report of one boot, possibly with gaps. Host, boot and sequence identify a report. */
    sequence: z.int().nonnegative(),
    observedAt: instant,
    sentAt: instant,
    /** The configured time from one report to the next. Early reports may come in between. */
    intervalSeconds: z.number().positive().max(86_400).optional(),
    host: hostReport,
    /**
     * Option memory that one membership costs, calibrated on this kernel; null if the calibration failed; see its run.
     */
    membershipBytes: z.int().positive().max(4096).nullable(),
    namespaces: list(namespaceReport, 4096),
    /**
     * Existing namespaces whose interfaces this pass could not read. Earlier knowledge of their taps stands, and so
     * does earlier knowledge of their senders if the namespace is not among `namespaces`. Missing if all were read.
     */
    unreadNamespaces: list(z.object({ id: z.int().positive(), name: name.nullable(), reason }), 4096).optional(),
    routeChecks: list(routeCheckReport, 8000),
    runs: list(probeRun, 1000),
  })
  .superRefine(({ namespaces }, context) => {
    const message = findExcess(namespaces)
    if (message !== null) context.addIssue({ code: 'custom', path: ['namespaces'], message })
  })

/** The body of `POST /ingest/v1/reports`: one report, or up to 100 reports of one host in the order observed. */
export const reportBatch = z.union([report.transform((one) => [one]), z.array(report).min(1).max(100)])

export type Report = z.output<typeof report>
export type NamespaceReport = z.output<typeof namespaceReport>
export type SenderReport = z.output<typeof senderReport>
export type SenderConfiguration = z.output<typeof senderConfiguration>
export type SocketFacts = z.output<typeof socketFacts>
export type TapFacts = z.output<typeof tapFacts>
export type SocketReport = z.output<typeof socketReport>
export type SeenAdvertisement = z.output<typeof seenAdvertisement>
export type TapReport = z.output<typeof tapReport>
export type RouteCheckReport = z.output<typeof routeCheckReport>
export type ProbeRun = z.output<typeof probeRun>
