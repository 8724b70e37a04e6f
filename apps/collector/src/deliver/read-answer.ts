import type { EnrolResponse, IngestResponse, Problem } from '@slashzero/contract/report'

// The schemas of these answers are in the contract, and a test compares. zod takes more than 1 MiB on a hypervisor.

/** The answer to reports; null if the body does not come from a Slashzero server. */
export function readIngestResponse(body: unknown): IngestResponse | null {
  if (!isRecord(body)) return null
  const { accepted, duplicates, base } = body
  if (!isCount(accepted) || !isCount(duplicates)) return null
  if (base === undefined) return { accepted, duplicates }
  return typeof base === 'string' && base.length >= 1 && base.length <= 64 ? { accepted, duplicates, base } : null
}

/** The answer to an enrolment; null if the body does not come from a Slashzero server. */
export function readEnrolResponse(body: unknown): EnrolResponse | null {
  if (!isRecord(body)) return null
  const { hypervisorId, credential } = body
  return typeof hypervisorId === 'string' && typeof credential === 'string' ? { hypervisorId, credential } : null
}

/** Reads a problem document; null if the body is not a problem document. */
export function readProblem(body: unknown): Problem | null {
  if (!isRecord(body)) return null
  const { type, title, status, detail, errors } = body
  if (typeof type !== 'string' || typeof title !== 'string' || typeof detail !== 'string') return null
  if (typeof status !== 'number' || !Number.isSafeInteger(status)) return null
  if (errors === undefined) return { type, title, status, detail }
  return Array.isArray(errors) && errors.every(isFieldError) ? { type, title, status, detail, errors } : null
}

function isFieldError(value: unknown): value is NonNullable<Problem['errors']>[number] {
  return isRecord(value) && typeof value['pointer'] === 'string' && typeof value['detail'] === 'string'
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
