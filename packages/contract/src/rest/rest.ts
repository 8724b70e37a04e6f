import { z } from 'zod'
import {
  configuredInterface,
  namespaceReport,
  probeRun,
  routeCheckMethod,
  routeCheckReport,
  seenAdvertisement,
  senderConfiguration,
  socketFacts,
  tapFacts,
} from '../report/report.ts'
import { countdownBasis, hypervisorStatus, routeStatus, tapStatus } from './verdict.ts'

const instant = z.iso.datetime()
const count = z.int().nonnegative()
const reference = z.object({ id: z.string(), name: z.string() })

/** A VM as `GET /api/v1/vms` answers it. */
export const vmResource = z.object({
  id: z.string(),
  name: z.string(),
  uuid: z.string().nullable(),
  demo: z.boolean(),
  hypervisor: reference.extend({ status: hypervisorStatus, statusReason: z.string() }),
  /** The first of its taps. */
  tap: z.object({ name: z.string(), ifindex: z.int(), status: tapStatus, statusReason: z.string() }).nullable(),
  route: z.object({
    status: routeStatus,
    reason: z.string().nullable(),
    since: instant,
    checkedAt: instant.nullable(),
    method: routeCheckMethod.nullable(),
    gateway: z.string().nullable(),
    expiresAt: instant.nullable(),
    /** The latest check of each method. If checks disagree, `reason` says which check the verdict follows and why. */
    checks: z.array(
      z.object({
        method: routeCheckMethod,
        checkedAt: instant,
        defaultRoute: routeCheckReport.shape.defaultRoute,
        reason: z.string().nullable(),
        gateway: z.string().nullable(),
        expiresAt: instant.nullable(),
      }),
    ),
  }),
  /** Why the route is missing, in words; null if unknown. */
  cause: z.string().nullable(),
  /**
   * When the route ends if no Router Advertisement comes; null if it does not end, is already missing, or is unknown.
   */
  countdown: z
    .object({
      endsAt: instant,
      basis: countdownBasis,
      /** Whether an advertisement can still renew the route; false if the senders are blocked. */
      renewable: z.boolean(),
    })
    .nullable(),
})

/** How full a sender socket is. Null: not measured. */
export const headroomFigures = z.object({
  optmemBytes: count.nullable(),
  optmemMaxBytes: count.nullable(),
  /** Whole memberships that the option memory pays for. */
  memberships: count.nullable(),
  staleMemberships: count.nullable(),
  joinsLeft: count.nullable(),
})

/** A sender socket with its sender. */
export const senderResource = socketFacts.omit({ staleInterfaceIndexes: true }).extend({
  daemon: z.string(),
  pid: z.int(),
  namespace: z.string().nullable(),
  ...headroomFigures.shape,
  membershipBytes: count.nullable(),
  optmemMaxSource: namespaceReport.shape.optmemMaxSource,
  liveMemberships: count.nullable(),
  sendsBlocked: z.boolean().nullable(),
  /** When sends or joins will be blocked if the recent growth continues; null without growth or if unknown. */
  fullAt: instant.nullable(),
})

/** The configuration of a sender, for the interfaces that are listeners of a tap. */
export const configurationSummary = senderConfiguration.omit({ interfaces: true }).extend({
  interfaces: count,
  /** Groups of interfaces with equal settings, apart from prefixes; the largest groups first, up to a bound. */
  groups: z.array(
    configuredInterface.omit({ name: true, prefixes: true }).extend({
      interfaces: count,
      /** The first interfaces of the group. */
      names: z.array(z.string()),
      prefixes: count,
      firstPrefixes: z.array(z.string()),
    }),
  ),
})

/** A sender socket as `GET /api/v1/hypervisors/{id}` answers it. */
export const senderDetailResource = senderResource.extend({
  staleInterfaceIndexes: socketFacts.shape.staleInterfaceIndexes,
  /** Null if the collector cannot read the configuration. */
  configuration: configurationSummary.nullable(),
})

/** A hypervisor as `GET /api/v1/hypervisors` answers it. */
export const hypervisorResource = z.object({
  id: z.string(),
  name: z.string(),
  demo: z.boolean(),
  labels: z.record(z.string(), z.string()),
  collectorVersion: z.string().nullable(),
  status: hypervisorStatus,
  statusReason: z.string(),
  statusSince: instant,
  lastSeenAt: instant.nullable(),
  /**
   * When the first and the last of its VMs lose ::/0, because blocked senders cannot renew the route. VMs that have
   * already lost ::/0 do not count. Null if no such VM is known.
   */
  goesDark: z.object({ firstAt: instant, lastAt: instant, vms: count }).nullable(),
  senders: z.array(senderResource),
  vms: z.object({ total: count, missing: count, unknown: count }),
})

/** A tap: every kind of VM port. */
export const tapResource = tapFacts.extend({
  ifindex: z.int(),
  name: z.string(),
  namespace: z.string().nullable(),
  status: tapStatus,
  statusReason: z.string(),
  statusSince: instant,
  vm: reference.nullable(),
  /** The latest advertisement of each router as seen on the tap, latest first; null if the collector did not listen. */
  advertisements: z.array(seenAdvertisement).nullable(),
})

/** A VM as `GET /api/v1/vms/{id}` answers it. */
export const vmDetailResource = vmResource.extend({ taps: z.array(tapResource) })

/** A hypervisor as `GET /api/v1/hypervisors/{id}` answers it. */
export const hypervisorDetailResource = hypervisorResource.extend({
  hostId: z.string(),
  kernel: z.string().nullable(),
  /** When the shown state was observed, on the server's clock. A report from a spool is older than its arrival. */
  observedAt: instant.nullable(),
  membershipBytes: count.nullable(),
  /** Host clock minus server clock at the last report, in milliseconds, including the transport. */
  clockSkewMilliseconds: z.int().nullable(),
  senders: z.array(senderDetailResource),
  taps: z.array(tapResource),
  /** The probes of the last pass that did not end `ok`. */
  runs: z.array(probeRun),
  /** The names of all probes of the last pass; null if unknown. */
  probes: z.array(z.string()).nullable(),
})

/** A page of a list. `nextCursor` is null on the last page. */
export function page<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() })
}

export const pageQuery = z.object({
  cursor: z.string().max(2000).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
})
export const vmsQuery = pageQuery.extend({ route: routeStatus.optional(), hypervisor: z.string().max(64).optional() })

export type VmResource = z.output<typeof vmResource>
export type VmDetailResource = z.output<typeof vmDetailResource>
export type ConfigurationSummary = z.output<typeof configurationSummary>
export type HeadroomFigures = z.output<typeof headroomFigures>
export type SenderDetailResource = z.output<typeof senderDetailResource>
export type SenderResource = z.output<typeof senderResource>
export type TapResource = z.output<typeof tapResource>
export type HypervisorDetailResource = z.output<typeof hypervisorDetailResource>
export type HypervisorResource = z.output<typeof hypervisorResource>
