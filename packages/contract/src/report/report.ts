import { z } from 'zod'
import { reason, visibleText } from './text.ts'

/** A cumulative kernel counter, or null where it could not be read. Counters beyond 2^53 are sent as null with a failed run. */
const counter = z.int().nonnegative().nullable()
const bytes = z.int().nonnegative()
const ifindex = z.int().min(1).max(2_147_483_647)
const instant = z.iso.datetime({ offset: true })
const milliseconds = z.number().nonnegative()
const name = visibleText(255)

export const vmIdentity = z.object({ name, uuid: z.guid().toLowerCase().nullable() })

/** Seconds, or null where it never ends. */
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
  /** Whom its frame came from, as `02:00:00:00:00:01`; null where that is not known. */
  linkAddress: visibleText(64).nullable(),
  /** `sent` went out of the tap, towards the VM; `received` came in from it. */
  direction: z.enum(['sent', 'received']),
  seenAt: instant,
  /** How long a default route lasts that was learnt from it; 0: it makes none, and ends one. */
  routerLifetimeSeconds: z.int().nonnegative().max(0xffff_ffff),
  /** Since the one before of this router in this direction; null where there was none, or some may have been missed. */
  sincePreviousSeconds: z.number().nonnegative().nullable(),
  prefixes: z.array(advertisedPrefix).max(16),
})

/** A tap: any VM port, of a tun device in tap mode, a macvtap, a vhost-user or a veth. */
export const tapReport = z.object({
  ifindex,
  /** At most 15 bytes in the kernel; bytes that are not UTF-8 arrive as `\xNN`. */
  name: visibleText(60),
  /** How the collector recognised the tap. */
  kind: z.enum(['tap', 'macvtap', 'vhost-user', 'veth', 'other']).default('tap'),
  /** The interface on which a daemon must be joined to hear the tap: itself, or its bridge; null where that is not known. */
  listener: visibleText(60).nullish(),
  /** Raised, and with a carrier: a tap has none while no process has it open. */
  up: z.boolean(),
  /** `conf/TAP/forwarding`; null where it could not be read. */
  forwarding: z.boolean().nullable(),
  /** `conf/TAP/disable_ipv6`, of the listener; null if it could not be read. */
  ipv6Disabled: z.boolean().nullish(),
  /** The `users` column of ff02::2 in `/proc/net/igmp6`; 0 where the group is absent, null where it could not be read. */
  allRoutersUsers: z.int().nonnegative().nullable(),
  routerSolicitsIn: counter,
  routerAdvertsIn: counter,
  routerAdvertsOut: counter,
  /** Missing where none are listened for; null where they could not be. */
  advertisements: z.array(seenAdvertisement).max(16).nullish(),
  vm: vmIdentity.extend({ pid: z.int().positive() }).nullable(),
})

/** What a report says of a tap only to be shown: stored whole, and absent from older rows. */
export const tapFacts = tapReport.omit({ ifindex: true, name: true, listener: true, advertisements: true, vm: true })

export const socketReport = z.object({
  inode: z.int().positive(),
  optmemBytes: bytes.nullable(),
  method: z.enum(['sock_diag', 'pidfd']).nullable(),
  unmeasuredReason: reason.nullable(),
  /** Messages, Router Solicitations among them, that a full receive buffer cost the socket since it was opened. */
  receiveDrops: counter.optional(),
  /** Existing interfaces on which the socket is a member of ff02::2; missing where the socket was not asked. */
  joinedInterfaces: z.int().nonnegative().optional(),
  /** How many of the interfaces that no longer exist were found so far; missing where the socket was not asked. */
  staleInterfacesFound: z.int().nonnegative().optional(),
  /** Interfaces that no longer exist and whose ff02::2 membership the socket still holds; null = not all of them were found. */
  staleInterfaceIndexes: z.array(ifindex).max(20_000).nullable(),
})

/** What a sender is configured to say on one interface, with its own defaults where nothing is written (RFC 4861, 6.2.1). */
export const configuredInterface = z.object({
  name: visibleText(60),
  sendsAdverts: z.boolean(),
  /** It answers solicitations and sends nothing unsolicited. */
  unicastOnly: z.boolean(),
  minIntervalSeconds: z.number().nonnegative(),
  maxIntervalSeconds: z.number().nonnegative(),
  /** 0: no default router. */
  routerLifetimeSeconds: z.int().nonnegative(),
  prefixes: z.array(advertisedPrefix).max(256),
})

export const senderConfiguration = z.object({
  /** In the sender's own file system, or `its command line`. */
  path: visibleText(255),
  readAt: instant,
  /** When the file was changed. */
  changedAt: instant,
  /** Whether it was changed after the sender's start, so that the sender may have loaded another; null where that start is not known. */
  newerThanProcess: z.boolean().nullable(),
  /** Those that are the listener of a tap of the namespace. */
  interfaces: z.array(configuredInterface).max(20_000),
})

export const senderReport = z.object({
  daemon: visibleText(64),
  version: visibleText(64).nullable(),
  pid: z.int().positive(),
  startedAt: instant.nullable(),
  executableDeleted: z.boolean(),
  /** Null where it is not in a file that the collector reads, or could not be read. */
  configuration: senderConfiguration.nullish(),
  /** What the sender refuses in its configuration, as `FILE:LINE: …`: a reload or a restart would end the sender. */
  configurationError: reason.optional(),
  /**
   * The listeners of the namespace's ports on which one of its sockets is a member of ff02::2. Told where the namespace has several
   * senders, for igmp6 does not say which of them have joined; null where it could not be asked.
   */
  joinedListeners: z.array(visibleText(60)).max(20_000).nullish(),
  /** Of more than 256 the fullest, which are the first to fail. */
  sockets: z.array(socketReport).max(256),
})

/** What a report says of a sender socket, with its sender, only to be shown: stored whole, and absent from older rows. */
export const socketFacts = socketReport
  .omit({ inode: true, optmemBytes: true })
  .extend(senderReport.pick({ version: true, startedAt: true, executableDeleted: true }).shape)

export const namespaceReport = z.object({
  /** Inode of the network namespace. */
  id: z.int().positive(),
  name: name.nullable(),
  optmemMaxBytes: bytes.nullable(),
  /** `namespace` where the limit is the namespace's own (Linux 6.8 and later), `init` where it is the host's. */
  optmemMaxSource: z.enum(['namespace', 'init']).nullable(),
  /**
   * How many interfaces of the namespace, taps or not, a daemon has joined ff02::2 on: those whose users in `/proc/net/igmp6` are
   * above the kernel's own base, which is 1 where forwarding is on and 0 where it is off. Null where it could not be read.
   */
  joinedInterfaces: z.int().nonnegative().nullable().default(null),
  senders: z.array(senderReport).max(256),
  taps: z.array(tapReport).max(20_000),
})

export const routeCheckMethod = z.enum(['guest-agent', 'off-link-probe', 'pushed'])

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

export const hostReport = z.object({
  id: z.string().regex(/^[A-Za-z0-9._:-]{8,128}$/, 'expected 8 to 128 characters of A-Z a-z 0-9 . _ : -'),
  bootId: z.guid().toLowerCase(),
  name,
  kernel: visibleText(128),
  collectorVersion: visibleText(64),
  labels: z.record(visibleText(64), visibleText(255)).default({}),
})

/** Report version 1: what one collector saw on one hypervisor in one pass. Unknown extra fields are accepted and dropped. */
export const report = z.object({
  version: z.literal(1),
  /** Rises with every report of one boot, with gaps allowed; (host, boot, sequence) names a report. */
  sequence: z.int().nonnegative(),
  observedAt: instant,
  sentAt: instant,
  /** From one report to the next as configured. Between these come others whenever something happens. */
  intervalSeconds: z.number().positive().max(86_400).optional(),
  host: hostReport,
  /** Option memory that one membership costs, calibrated on this kernel; null = could not, with a failed run. */
  membershipBytes: z.int().positive().max(4096).nullable(),
  namespaces: z.array(namespaceReport).max(4096),
  /**
   * Namespaces that are there and whose interfaces this pass could not read: what was known of their taps stands, and what was known of
   * their senders where they are not among `namespaces`. Missing where all were read.
   */
  unreadNamespaces: z
    .array(z.object({ id: z.int().positive(), name: name.nullable(), reason }))
    .max(4096)
    .optional(),
  routeChecks: z.array(routeCheckReport).max(20_000),
  runs: z.array(probeRun).max(1000),
})

/** The body of `POST /ingest/v1/reports`: one report, or up to 100 of one host in the order they were observed. */
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
export type RouteCheckMethod = z.output<typeof routeCheckMethod>
export type ProbeRun = z.output<typeof probeRun>
