import { z } from 'zod'
import { hypervisorDetailResource, senderDetailResource, tapResource, vmResource } from '../rest/rest.ts'
import { hypervisorStatus, routeStatus, tapStatus } from '../rest/verdict.ts'
import { VM_SORTS } from './choices.ts'
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

/** Hypervisors that enrolled since a token was created, latest first. Demo hypervisors do not count. */
export const arrivals = z.object({
  now: instant,
  total: count,
  items: z.array(z.object({ id, name: z.string(), status: hypervisorStatus, lastSeenAt: instant.nullable() })),
})
export const arrivalsQuery = z.object({ since: instant })

export type HypervisorHead = z.output<typeof hypervisorHead>
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
