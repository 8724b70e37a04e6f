import { z } from 'zod'
import { headroomFigures, hypervisorDetailResource, hypervisorResource, senderResource } from '../rest/rest.ts'
import { hypervisorStatus } from '../rest/verdict.ts'
import { FLEET_SORTS } from './choices.ts'
import { cursor, limit, nextCursor, search } from './list.ts'

const instant = z.iso.datetime()
const count = z.int().nonnegative()

/** The headroom of a hypervisor: of its sender socket with the least headroom. */
export const headroom = headroomFigures.extend({ fullAt: senderResource.shape.fullAt })

/** One hypervisor in the fleet list. */
export const fleetRow = hypervisorResource.omit({ senders: true }).extend(headroom.shape)

const statuses = z.record(hypervisorStatus, count)

/** The figures of the whole fleet. */
export const fleetTotals = z.object({
  hypervisors: count,
  statuses,
  vms: count,
  vmsMissing: count,
  vmsExpiring: count,
  vmsUnknown: count,
  /** VMs that still have ::/0 and will lose it, because nothing can renew the route. */
  vmsDark: count,
  hypervisorsWithMissing: count,
})

/** The answer of the fleet page in constant size. Ages are relative to `now`, the server's clock. */
export const fleetSummary = z.object({
  now: instant,
  totals: fleetTotals,
  /** The hypervisor to repair first; null if all are healthy and no VM misses its route. */
  worst: fleetRow.nullable(),
  /** The hypervisor that fills up next and is not blocked; null if none is known. */
  next: fleetRow.nullable(),
  /** When the VMs of blocked hypervisors go dark. */
  goesDark: hypervisorResource.shape.goesDark,
  /** Whether the fleet has no VM and no sender, and every hypervisor is healthy. */
  watchesNothing: z.boolean(),
})

export const fleetSort = z.enum(FLEET_SORTS)

export const fleetPageQuery = z.object({
  status: hypervisorStatus.optional(),
  /** A part of a name, a label (`site=par1`), a kernel, `collector=0.1.0` or a sender (`radvd 2.19`), in any case. */
  search: search.optional(),
  sort: fleetSort.default('worst'),
  cursor: cursor.optional(),
  limit,
})
export const fleetPage = z.object({ now: instant, items: z.array(fleetRow), nextCursor })

/** How many hypervisors of a search have each status. */
export const fleetCounts = z.object({ now: instant, statuses })

/** The most columns of a skyline. More would be narrower than a pixel. */
export const MAX_SKYLINE_COLUMNS = 600

/** How full each sender is, fullest first. A column stands for `each` hypervisors and shows the fullest of them. */
export const fleetSkyline = z.object({
  now: instant,
  hypervisors: count,
  each: z.int().positive(),
  columns: z.array(fleetRow.pick({ id: true, name: true, status: true }).extend(headroom.shape)),
})

/** What an open page looks at. The stream tells only changes of these. */
export const watched = z.object({
  /** The ids of the hypervisors on the screen. */
  hypervisors: z.array(z.string().min(1).max(64)).max(200).default([]),
  /** Whether the page shows the figures of the fleet. */
  totals: z.boolean().default(false),
})

/** The figures and verdicts of a hypervisor that changed. `verdict`: not only figures changed. */
export const hypervisorPatch = fleetRow
  .omit({ name: true, demo: true, labels: true, collectorVersion: true })
  .extend({ observedAt: hypervisorDetailResource.shape.observedAt, verdict: z.boolean() })

/** The changes of about one second. Each part is absent if nothing of it changed or is watched. */
export const liveChange = z.object({
  now: instant,
  hypervisors: z.array(hypervisorPatch).optional(),
  totals: fleetTotals.optional(),
  /** True if hypervisors came or went, or changes may have been missed: lists should be read again. */
  reread: z.boolean().optional(),
})

export type Headroom = z.output<typeof headroom>
export type FleetRow = z.output<typeof fleetRow>
export type FleetTotals = z.output<typeof fleetTotals>
export type FleetSummary = z.output<typeof fleetSummary>
export type FleetPageQuery = z.output<typeof fleetPageQuery>
export type FleetPage = z.output<typeof fleetPage>
export type FleetCounts = z.output<typeof fleetCounts>
export type FleetSkyline = z.output<typeof fleetSkyline>
export type Watched = z.output<typeof watched>
export type HypervisorPatch = z.output<typeof hypervisorPatch>
export type LiveChange = z.output<typeof liveChange>
