import type { Problem } from '@slashzero/contract/report'
import type { z } from 'zod'

const MAX_ERRORS = 20

/**
 * Turns zod's issues into the `errors` of an RFC 9457 problem: at most 20, then one that counts the rest. `at`: the
 * JSON Pointer (RFC 6901) of the parsed value; '' for the whole document.
 */
export function fieldErrors(issues: readonly z.core.$ZodIssue[], at = ''): NonNullable<Problem['errors']> {
  const errors = issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') return [{ pointer: at + toPointer(issue.path), detail: issue.message }]
    return issue.keys.map((key) => ({ pointer: at + toPointer([...issue.path, key]), detail: 'is not known here' }))
  })
  if (errors.length <= MAX_ERRORS) return errors
  return [
    ...errors.slice(0, MAX_ERRORS),
    { pointer: at, detail: `${errors.length - MAX_ERRORS} more errors are not listed` },
  ]
}

/** A JSON Pointer (RFC 6901): `~` is written `~0`, `/` is written `~1`. */
function toPointer(path: readonly PropertyKey[]): string {
  return path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}
