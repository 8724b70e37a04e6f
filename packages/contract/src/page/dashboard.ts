import { z } from 'zod'
import { senderResource, tapResource, vmResource } from '../rest/rest.ts'
import { configuredInterface, probeRun, seenAdvertisement, senderConfiguration, socketFacts } from '../report/report.ts'
import { hypervisorStatus, routeStatus, tapStatus } from '../rest/verdict.ts'

const instant = z.iso.datetime()
const count = z.int().nonnegative()

/** One hypervisor in the fleet list. The headroom figures belong to its sender socket with the least headroom. */
export const fleetRow = z.object({
  id: z.string(),
  name: z.string(),
  demo: z.boolean(),
  labels: z.record(z.string(), z.string()),
  collectorVersion: z.string().nullable(),
  status: hypervisorStatus,
  statusReason: z.string(),
  statusSince: instant,
  lastSeenAt: instant.nullable(),
  optmemBytes: count.nullable(),
  optmemMaxBytes: count.nullable(),
  joinsLeft: count.nullable(),
  memberships: count.nullable(),
  staleMemberships: count.nullable(),
  /** When sends or joins will be blocked if the recent growth continues; null without growth or if unknown. */
  fullAt: instant.nullable(),
  /**
   * When the first and the last of its VMs lose ::/0, because blocked senders cannot renew the route. VMs that have
   * already lost ::/0 do not count. Null if no such VM is known.
   */
  goesDark: z.object({ firstAt: instant, lastAt: instant, vms: count }).nullable(),
  vms: z.object({ total: count, missing: count, unknown: count }),
})

/** The fleet page. `hypervisors` is sorted worst first. Ages are relative to `now`, the server's clock. */
export const fleet = z.object({
  now: instant,
  totals: z.object({
    hypervisors: count,
    demoHypervisors: count,
    vms: count,
    vmsMissing: count,
    vmsUnknown: count,
    hypervisorsWithMissing: count,
  }),
  hypervisors: z.array(fleetRow),
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

export const hypervisorSender = senderResource.extend({
  /** Identifies the socket in the chart's series. */
  key: z.string(),
  liveMemberships: count.nullable(),
  staleInterfaceIndexes: socketFacts.shape.staleInterfaceIndexes,
  optmemMaxSource: z.enum(['namespace', 'init']).nullable(),
  /** Null if the collector does not read this sender's configuration, or could not read it. */
  configuration: configurationSummary.nullable(),
  fullAt: instant.nullable(),
})

export const hypervisorTap = tapResource.extend({
  /** The latest advertisement of each router seen on the tap, latest first; null if nobody listened. */
  advertisements: z.array(seenAdvertisement).nullable(),
})

export const dashboardVm = vmResource.extend({
  demo: z.boolean(),
  hypervisor: z.object({ id: z.string(), name: z.string(), status: hypervisorStatus, statusReason: z.string() }),
  tap: z.object({ name: z.string(), ifindex: z.int(), status: tapStatus, statusReason: z.string() }).nullable(),
  /** Why the route is missing, in words; null if unknown. */
  cause: z.string().nullable(),
  /**
   * When the route ends if no Router Advertisement comes; null if it does not end, is already missing, or is unknown.
   */
  countdown: z
    .object({
      endsAt: instant,
      /**
       * The source: the guest's own check, an advertisement seen on its tap, or a counted one with the configured
       * lifetime.
       */
      basis: z.enum(['guest', 'seen', 'configured']),
      /** Whether an advertisement can still renew the route; false if the senders are blocked. */
      renewable: z.boolean(),
    })
    .nullable(),
})

/** The hypervisor page. */
export const hypervisorDetail = fleetRow.omit({ optmemBytes: true, optmemMaxBytes: true, memberships: true }).extend({
  now: instant,
  /** When the shown state was observed, on the server's clock. A report from a spool is older than its arrival. */
  observedAt: instant.nullable(),
  hostId: z.string(),
  kernel: z.string().nullable(),
  membershipBytes: count.nullable(),
  /** Host clock minus server clock at the last report, in milliseconds, including the transport. */
  clockSkewMilliseconds: z.int().nullable(),
  senders: z.array(hypervisorSender),
  taps: z.array(hypervisorTap),
  vms: z.object({ total: count, missing: count, unknown: count }),
  vmRows: z.array(dashboardVm),
  /** The probes of the last pass that did not end `ok`. */
  runs: z.array(probeRun),
  /** The names of all probes of the last pass; null if unknown. */
  probes: z.array(z.string()).nullable(),
})

export const headroomRange = z.enum(['1h', '6h', '24h', '7d', '30d'])

/** The option memory of one sender socket over time. A null figure is a gap without measurement. */
export const headroomSeries = z.object({
  now: instant,
  from: instant,
  to: instant,
  /** The width of one point in seconds. A point shows the sample with the largest usage within its width. */
  stepSeconds: count,
  sockets: z.array(
    z.object({
      key: z.string(),
      daemon: z.string(),
      pid: z.int(),
      namespace: z.string().nullable(),
      points: z.array(
        z.object({
          at: instant,
          optmemBytes: count.nullable(),
          liveBytes: count.nullable(),
          staleBytes: count.nullable(),
          optmemMaxBytes: count.nullable(),
        }),
      ),
    }),
  ),
  /** When another socket replaced the sender's socket, which means a restart. */
  restarts: z.array(z.object({ at: instant, daemon: z.string() })),
})

export const vmSort = z.enum(['since', 'name', 'hypervisor', 'status', 'ends'])

/** The query of the VM list, as in the page's URL. */
export const vmListQuery = z.object({
  route: routeStatus.optional(),
  /** Only the VMs that still have ::/0 and will lose it, because nothing can renew the route. */
  goesDark: z.boolean().optional(),
  hypervisor: z.string().max(64).optional(),
  /** Part of a VM's name, uuid, tap or hypervisor name, in any case. */
  search: z.string().max(255).optional(),
  sort: vmSort.default('since'),
  descending: z.boolean().default(false),
  offset: z.int().nonnegative().max(1_000_000).default(0),
  limit: z.int().min(1).max(1000).default(100),
})
export const vmList = z.object({ now: instant, total: count, hypervisors: count, items: z.array(dashboardVm) })

/** The number of VMs of a search by route state. VMs that go dark count in their state too. */
export const vmCounts = z.object({ now: instant, route: z.record(routeStatus, count), goesDark: count })

/** The VM page. */
export const vmDetail = z.object({
  now: instant,
  vm: dashboardVm,
  taps: z.array(hypervisorTap),
  /** The names of all probes of the hypervisor's last pass; null if unknown. */
  probes: z.array(z.string()).nullable(),
})

/** A change, sent to open pages: the hypervisor whose stored state changed, or null if the fleet gained or lost one. */
export const change = z.object({
  hypervisorId: z.string().nullable(),
  /** Whether a verdict or the list of hypervisors changed, and not only figures. */
  verdict: z.boolean(),
})

export type FleetRow = z.output<typeof fleetRow>
export type Fleet = z.output<typeof fleet>
export type ConfigurationSummary = z.output<typeof configurationSummary>
export type HypervisorSender = z.output<typeof hypervisorSender>
export type HypervisorTap = z.output<typeof hypervisorTap>
export type HypervisorDetail = z.output<typeof hypervisorDetail>
export type DashboardVm = z.output<typeof dashboardVm>
export type HeadroomRange = z.output<typeof headroomRange>
export type HeadroomSeries = z.output<typeof headroomSeries>
export type VmListQuery = z.output<typeof vmListQuery>
export type VmList = z.output<typeof vmList>
export type VmCounts = z.output<typeof vmCounts>
export type VmDetail = z.output<typeof vmDetail>
export type Change = z.output<typeof change>
