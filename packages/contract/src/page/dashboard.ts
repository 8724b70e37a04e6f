import { z } from 'zod'
import { hypervisorDetailResource, tapResource, vmResource } from '../rest/rest.ts'
import { routeStatus } from '../rest/verdict.ts'
import { HEADROOM_RANGES, MAX_ID_CHARACTERS, VM_SORTS } from './choices.ts'
import { fleetRow, headroom } from './fleet.ts'
import { hypervisorSender } from './panels.ts'

const instant = z.iso.datetime()
const count = z.int().nonnegative()

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

/** The hypervisor page. */
export const hypervisorDetail = hypervisorDetailResource
  .extend(headroom.shape)
  .extend({ now: instant, senders: z.array(hypervisorSender), vmRows: z.array(vmResource) })

export const headroomRange = z.enum(HEADROOM_RANGES)

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
  /** How many sockets are not shown, because others are fuller; missing if none. */
  hidden: count.optional(),
  /** When another socket replaced the sender's socket, which means a restart. */
  restarts: z.array(z.object({ at: instant, daemon: z.string() })),
})

export const vmSort = z.enum(VM_SORTS)

/** The query of the VM list, as in the page's URL. */
export const vmListQuery = z.object({
  route: routeStatus.optional(),
  /** Only the VMs that still have ::/0 and will lose it, because nothing can renew the route. */
  goesDark: z.boolean().optional(),
  hypervisor: z.string().max(MAX_ID_CHARACTERS).optional(),
  /** Part of a VM's name, uuid, tap or hypervisor name, in any case. */
  search: z.string().max(255).optional(),
  sort: vmSort.default('since'),
  descending: z.boolean().default(false),
  offset: z.int().nonnegative().max(1_000_000).default(0),
  limit: z.int().min(1).max(1000).default(100),
})
export const vmList = z.object({ now: instant, total: count, hypervisors: count, items: z.array(vmResource) })

/** The number of VMs of a search by route state. VMs that go dark count in their state too. */
export const vmCounts = z.object({ now: instant, route: z.record(routeStatus, count), goesDark: count })

/** The VM page. */
export const vmDetail = z.object({
  now: instant,
  vm: vmResource,
  /** Other hypervisors that report a VM with the same uuid now. */
  claims: z.array(z.object({ id: z.string(), name: z.string() })),
  taps: z.array(tapResource),
  /** The names of all probes of the hypervisor's last pass; null if unknown. */
  probes: z.array(z.string()).nullable(),
})

/** A change, sent to open pages: the hypervisor whose stored state changed, or null if the fleet gained or lost one. */
export const change = z.object({
  hypervisorId: z.string().nullable(),
  /** Whether a verdict or the list of hypervisors changed, and not only figures. */
  verdict: z.boolean(),
})

export type Fleet = z.output<typeof fleet>
export type HypervisorDetail = z.output<typeof hypervisorDetail>
export type HeadroomSeries = z.output<typeof headroomSeries>
export type VmListQuery = z.output<typeof vmListQuery>
export type VmList = z.output<typeof vmList>
export type VmCounts = z.output<typeof vmCounts>
export type VmDetail = z.output<typeof vmDetail>
export type Change = z.output<typeof change>
