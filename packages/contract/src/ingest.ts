import { z } from 'zod'

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
export const ingestResponse = z.object({ accepted: z.int().nonnegative(), duplicates: z.int().nonnegative() })

export type Problem = z.output<typeof problem>
export type EnrolRequest = z.output<typeof enrolRequest>
export type EnrolResponse = z.output<typeof enrolResponse>
export type IngestResponse = z.output<typeof ingestResponse>
