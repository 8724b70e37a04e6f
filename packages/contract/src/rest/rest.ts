import { z } from 'zod'
import { routeCheckMethod, routeCheckReport, socketFacts, tapFacts } from '../report/report.ts'
import { hypervisorStatus, routeStatus, tapStatus } from './verdict.ts'

const instant = z.iso.datetime()
const count = z.int().nonnegative()
const reference = z.object({ id: z.string(), name: z.string() })

/** A VM as `GET /api/v1/vms` and `GET /api/v1/vms/{id}` answer it. */
export const vmResource = z.object({
  id: z.string(),
  name: z.string(),
  uuid: z.string().nullable(),
  hypervisor: reference,
  tap: z.object({ name: z.string(), ifindex: z.int() }).nullable(),
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
})

/** A sender socket with its sender. Only the hypervisor's page has the list of stale indexes, because it is long. */
export const senderResource = socketFacts.omit({ staleInterfaceIndexes: true }).extend({
  daemon: z.string(),
  pid: z.int(),
  namespace: z.string().nullable(),
  optmemBytes: count.nullable(),
  optmemMaxBytes: count.nullable(),
  membershipBytes: count.nullable(),
  memberships: count.nullable(),
  staleMemberships: count.nullable(),
  joinsLeft: count.nullable(),
  sendsBlocked: z.boolean().nullable(),
})

/** A hypervisor as `GET /api/v1/hypervisors` answers it. */
export const hypervisorResource = z.object({
  id: z.string(),
  name: z.string(),
  status: hypervisorStatus,
  statusReason: z.string(),
  lastSeenAt: instant.nullable(),
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
})

/** A hypervisor as `GET /api/v1/hypervisors/{id}` answers it. */
export const hypervisorDetailResource = hypervisorResource.extend({ taps: z.array(tapResource) })

/** A page of a list. `nextCursor` is null on the last page. */
export function page<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() })
}

export const pageQuery = z.object({
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
})
export const vmsQuery = pageQuery.extend({ route: routeStatus.optional(), hypervisor: z.string().max(64).optional() })

export type VmResource = z.output<typeof vmResource>
export type SenderResource = z.output<typeof senderResource>
export type TapResource = z.output<typeof tapResource>
export type HypervisorDetailResource = z.output<typeof hypervisorDetailResource>
export type HypervisorResource = z.output<typeof hypervisorResource>
