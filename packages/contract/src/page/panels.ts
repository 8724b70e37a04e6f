import { z } from 'zod'
import { hypervisorDetailResource, senderDetailResource, tapResource, vmResource } from '../rest/rest.ts'
import { hypervisorStatus, routeStatus, tapStatus } from '../rest/verdict.ts'
import { HEADROOM_RANGES, VM_SORTS } from './choices.ts'
import { headroom } from './fleet.ts'
import { cursor, limit, nextCursor, vmSearch } from './list.ts'

const instant = z.iso.datetime()
const count = z.int().nonnegative()
const id = z.string().min(1).max(64)

/** A hypervisor without its senders, taps and VMs, which are panels of their own. */
export const hypervisorHead = hypervisorDetailResource
  .omit({ senders: true, taps: true })
  .extend(headroom.shape)
  .extend({ now: instant })

export const hypervisorSender = senderDetailResource.extend({
  /** Identifies the socket in the chart's series. */
  key: z.string(),
})

/** Sender sockets by daemon and pid. */
export const sendersQuery = z.object({ id, cursor: cursor.optional(), limit })
export const sendersPage = z.object({
  now: instant,
  total: count,
  items: z.array(hypervisorSender),
  nextCursor,
})

/** Taps, most urgent first. */
export const tapsQuery = z.object({ id, status: tapStatus.optional(), cursor: cursor.optional(), limit })
export const tapsPage = z.object({
  now: instant,
  /** The taps of the hypervisor by status, whatever the filter. */
  statuses: z.record(tapStatus, count),
  items: z.array(tapResource),
  nextCursor,
})

export const vmPageSort = z.enum(VM_SORTS)

/** The filter of the VM list, as in the page's URL. */
export const vmFilter = z.object({
  route: routeStatus.optional(),
  /** Only the VMs that still have ::/0 and will lose it, because nothing can renew the route. */
  goesDark: z.boolean().optional(),
  hypervisor: id.optional(),
  search: vmSearch.optional(),
})

export const vmPageQuery = vmFilter
  .extend({
    sort: vmPageSort.default('since'),
    descending: z.boolean().default(false),
    cursor: cursor.optional(),
    limit,
  })
  .refine(({ sort, goesDark }) => sort !== 'ends' || goesDark === true, {
    path: ['sort'],
    message: 'sorts by end only the VMs that go dark; add goesDark',
  })
export const vmPage = z.object({ now: instant, items: z.array(vmResource), nextCursor })

/** The most VMs that a search counts. */
export const MAX_COUNTED = 10_000

/** The number of VMs of a search by route state. VMs that go dark count in their state too. */
export const vmTally = z.object({
  now: instant,
  route: z.record(routeStatus, count),
  goesDark: count,
  /** The hypervisors of the counted VMs without a route. */
  hypervisorsWithMissing: count,
  /** A count of this figure means this many or more; null if all counts are exact. */
  max: count.nullable(),
})

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

/** Hypervisors that enrolled since a token was created, latest first. Demo hypervisors do not count. */
export const arrivals = z.object({
  now: instant,
  total: count,
  items: z.array(z.object({ id, name: z.string(), status: hypervisorStatus, lastSeenAt: instant.nullable() })),
})
export const arrivalsQuery = z.object({ since: instant })

export type HypervisorHead = z.output<typeof hypervisorHead>
export type HeadroomSeries = z.output<typeof headroomSeries>
export type VmDetail = z.output<typeof vmDetail>
export type HypervisorSender = z.output<typeof hypervisorSender>
export type SendersQuery = z.output<typeof sendersQuery>
export type SendersPage = z.output<typeof sendersPage>
export type TapsQuery = z.output<typeof tapsQuery>
export type TapsPage = z.output<typeof tapsPage>
export type VmFilter = z.output<typeof vmFilter>
export type VmPageQuery = z.output<typeof vmPageQuery>
export type VmPage = z.output<typeof vmPage>
export type VmTally = z.output<typeof vmTally>
export type Arrivals = z.output<typeof arrivals>
