import { z } from 'zod'
import { routeCheckMethod } from './report.ts'
import { hypervisorStatus, routeStatus } from './verdict.ts'

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
  }),
})

export const senderResource = z.object({
  daemon: z.string(),
  version: z.string().nullable(),
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

/** A hypervisor as `GET /api/v1/hypervisors` and `GET /api/v1/hypervisors/{id}` answer it. */
export const hypervisorResource = z.object({
  id: z.string(),
  name: z.string(),
  status: hypervisorStatus,
  statusReason: z.string(),
  lastSeenAt: instant.nullable(),
  senders: z.array(senderResource),
  vms: z.object({ total: count, missing: count, unknown: count }),
})

/** A page of a list. `nextCursor` is null on the last page. */
export function page<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() })
}

export const pageQuery = z.object({
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
})
export const vmsQuery = pageQuery.extend({ route: routeStatus.optional(), hypervisor: z.string().max(64).optional() })

/** An RFC 9457 problem. `errors` names each field that was refused by its JSON Pointer (RFC 6901). */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
})

/** `POST /ingest/v1/enrol`: an enrolment token (as bearer) is exchanged once for this host's credential. */
export const enrolRequest = z.object({ host: z.object({ id: z.string().min(8).max(128), name: z.string().min(1).max(255) }) })
export const enrolResponse = z.object({ hypervisorId: z.string(), credential: z.string() })

/** The answer to `POST /ingest/v1/reports`: how many were stored and how many had been stored before. */
export const ingestResponse = z.object({ accepted: count, duplicates: count })

export type VmResource = z.output<typeof vmResource>
export type SenderResource = z.output<typeof senderResource>
export type HypervisorResource = z.output<typeof hypervisorResource>
export type Problem = z.output<typeof problem>
export type EnrolRequest = z.output<typeof enrolRequest>
export type EnrolResponse = z.output<typeof enrolResponse>
export type IngestResponse = z.output<typeof ingestResponse>
