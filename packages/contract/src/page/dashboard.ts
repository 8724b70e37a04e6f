import { z } from 'zod'
import { senderResource, tapResource, vmResource } from '../rest/rest.ts'
import { configuredInterface, probeRun, seenAdvertisement, senderConfiguration, socketFacts } from '../report/report.ts'
import { hypervisorStatus, routeStatus, tapStatus } from '../rest/verdict.ts'

const instant = z.iso.datetime()
const count = z.int().nonnegative()

/** One hypervisor in the fleet list. Headroom figures are those of its sender socket with the least headroom. */
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
  /** When sends or joins will be blocked if the recent growth goes on; null where nothing grows or nothing is known. */
  fullAt: instant.nullable(),
  /**
   * When its VMs lose ::/0, the first and the last, as no advertisement can renew them: its senders are blocked. Those that have lost it
   * do not count. Null where no such VM is known.
   */
  goesDark: z.object({ firstAt: instant, lastAt: instant, vms: count }).nullable(),
  vms: z.object({ total: count, missing: count, unknown: count }),
})

/** The fleet page: `hypervisors` is sorted worst first. `now` is the server's clock, against which ages are shown. */
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

/** What a sender is configured to say, on interfaces that are listeners of a VM's port. */
export const configurationSummary = senderConfiguration.omit({ interfaces: true }).extend({
  interfaces: count,
  /** Interfaces on which it says the same, prefixes aside; the largest groups first, and not all where there are many. */
  groups: z.array(
    configuredInterface.omit({ name: true, prefixes: true }).extend({
      interfaces: count,
      /** The first of them. */
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
  /** Null where it is in no file that the collector reads, or could not be read. */
  configuration: configurationSummary.nullable(),
  fullAt: instant.nullable(),
})

export const hypervisorTap = tapResource.extend({
  /** The latest of each router as seen on the tap, latest first; null where nobody listened. */
  advertisements: z.array(seenAdvertisement).nullable(),
})

export const dashboardVm = vmResource.extend({
  demo: z.boolean(),
  hypervisor: z.object({ id: z.string(), name: z.string(), status: hypervisorStatus, statusReason: z.string() }),
  tap: z.object({ name: z.string(), ifindex: z.int(), status: tapStatus, statusReason: z.string() }).nullable(),
  /** What is known of why the route is missing, in words; null where nothing is. */
  cause: z.string().nullable(),
  /** When the route ends if no Router Advertisement comes; null where it does not end, is missing already, or nothing tells. */
  countdown: z
    .object({
      endsAt: instant,
      /** The guest's own check, an advertisement seen on its tap, or one that was counted and the lifetime configured. */
      basis: z.enum(['guest', 'seen', 'configured']),
      /** Whether an advertisement can still come: not where its senders are blocked. */
      renewable: z.boolean(),
    })
    .nullable(),
})

/** The hypervisor page. */
export const hypervisorDetail = fleetRow.omit({ optmemBytes: true, optmemMaxBytes: true, memberships: true }).extend({
  now: instant,
  /** When what is shown was seen, on the server's clock: long before the last report where that came out of a spool. */
  observedAt: instant.nullable(),
  hostId: z.string(),
  kernel: z.string().nullable(),
  membershipBytes: count.nullable(),
  /** Host clock minus server clock at the last report, in milliseconds, transport included. */
  clockSkewMilliseconds: z.int().nullable(),
  senders: z.array(hypervisorSender),
  taps: z.array(hypervisorTap),
  vms: z.object({ total: count, missing: count, unknown: count }),
  vmRows: z.array(dashboardVm),
  /** The probes of the last pass that did not end `ok`. */
  runs: z.array(probeRun),
  /** The names of all probes of the last pass; null where that is not known. */
  probes: z.array(z.string()).nullable(),
})

export const headroomRange = z.enum(['1h', '6h', '24h', '7d', '30d'])

/** One sender socket's option memory over time. A null figure is a gap: it was not measured then. */
export const headroomSeries = z.object({
  now: instant,
  from: instant,
  to: instant,
  /** Width of one point in seconds; of the points that fall in it, the largest usage is kept. */
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
  /** When a sender's socket was replaced by another: a restart. */
  restarts: z.array(z.object({ at: instant, daemon: z.string() })),
})

export const vmSort = z.enum(['since', 'name', 'hypervisor', 'status', 'ends'])

/** The query of the VM list, as it stands in the page's URL. */
export const vmListQuery = z.object({
  route: routeStatus.optional(),
  /** Those alone that still have ::/0 and lose it, as nothing can renew it. */
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

/** How many VMs of a search are in each state of their route; those that go dark are among the others too. */
export const vmCounts = z.object({ now: instant, route: z.record(routeStatus, count), goesDark: count })

/** The VM page. */
export const vmDetail = z.object({
  now: instant,
  vm: dashboardVm,
  taps: z.array(hypervisorTap),
  /** The names of all probes of its hypervisor's last pass; null where that is not known. */
  probes: z.array(z.string()).nullable(),
})

/** What moved, sent to open pages: the hypervisor whose stored state changed, or null for the fleet's membership. */
export const change = z.object({
  hypervisorId: z.string().nullable(),
  /** Whether a verdict changed, or the fleet's membership, and not figures alone. */
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
