// The collector reads the answers without these schemas, because zod takes more than 1 MiB on a hypervisor.
import * as z from 'zod/mini'
import { HOST_ID, HOST_ID_EXPECTED } from './ingest.ts'
import { MAX_NAME_CHARACTERS } from './text.ts'

/** An RFC 9457 problem. `errors` names each refused field by its JSON Pointer (RFC 6901). */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  errors: z.optional(z.array(z.object({ pointer: z.string(), detail: z.string() }))),
})

/** `POST /ingest/v1/enrol`: exchanges an enrolment token (as bearer) once for this host's credential. */
export const enrolRequest = z.object({
  host: z.object({
    id: z.string().check(z.regex(HOST_ID, HOST_ID_EXPECTED)),
    name: z.string().check(z.minLength(1), z.maxLength(MAX_NAME_CHARACTERS)),
  }),
})
export const enrolResponse = z.object({ hypervisorId: z.string(), credential: z.string() })

/**
 * The answer to `POST /ingest/v1/reports`: how many reports are new and how many were already stored. `base`: the name
 * under which the server holds the last of them, so that the next report may be a delta; missing if it holds none.
 */
export const ingestResponse = z.object({
  accepted: count(),
  duplicates: count(),
  base: z.optional(z.string().check(z.minLength(1), z.maxLength(64))),
})

export type Problem = z.output<typeof problem>
export type EnrolRequest = z.output<typeof enrolRequest>
export type EnrolResponse = z.output<typeof enrolResponse>
export type IngestResponse = z.output<typeof ingestResponse>

function count() {
  return z.int().check(z.nonnegative())
}
