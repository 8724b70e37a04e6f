import type { Problem } from '@slashzero/contract'
import type { z } from 'zod'

const MAX_ERRORS = 20

/**
 * Turns zod's issues into the `errors` of an RFC 9457 problem.
 * @param issues what `safeParse` found
 * @param at the JSON Pointer (RFC 6901) of the value that was parsed; '' for the whole document
 * @returns at most 20 entries; a last one says how many more there were
 */
export function fieldErrors(issues: readonly z.core.$ZodIssue[], at = ''): NonNullable<Problem['errors']> {
  const errors = issues.slice(0, MAX_ERRORS).map((issue) => ({ pointer: at + toPointer(issue.path), detail: issue.message }))
  if (issues.length <= MAX_ERRORS) return errors
  return [...errors, { pointer: at, detail: `${issues.length - MAX_ERRORS} more errors are not listed` }]
}

/** A JSON Pointer (RFC 6901): `~` is written `~0`, `/` is written `~1`. */
export function toPointer(path: readonly PropertyKey[]): string {
  return path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}
