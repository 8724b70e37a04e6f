import { CallError } from './call.ts'

export const UNREACHABLE = 'The server cannot be reached. Check that it runs and that your network leads to it.'

/** A failed request: its kind, which says whether to ask again, and its message for a person. */
export type Failure = {
  readonly kind: 'signed-out' | 'unreachable' | 'refused' | 'failed'
  readonly message: string
  /** Messages of the refused fields, by JSON Pointer. */
  readonly fields: ReadonlyMap<string, string>
}

/** Classifies a failure between a page and the server. */
export function describeFailure(error: unknown): Failure {
  if (!(error instanceof CallError))
    return failed('This page could not read the response of the server. Reload the page.')
  const status = error.refusal?.httpStatus
  if (status === undefined) return { kind: 'unreachable', message: UNREACHABLE, fields: new Map() }
  if (status === 401)
    return { kind: 'signed-out', message: 'Your session has ended. Sign in again.', fields: new Map() }
  if (status < 500) return { kind: 'refused', message: refusal(error), fields: fieldsOf(error.refusal?.errors) }
  return failed(error.message)
}

function failed(message: string): Failure {
  return { kind: 'failed', message, fields: new Map() }
}

/** A refusal by schema carries JSON of the schema library; the messages of the fields are clearer. */
function refusal(error: Error): string {
  return error.message.startsWith('[') || error.message.startsWith('{')
    ? 'The server refused some fields.'
    : error.message
}

function fieldsOf(errors: unknown): ReadonlyMap<string, string> {
  const fields = new Map<string, string>()
  if (!Array.isArray(errors)) return fields
  for (const entry of errors as readonly unknown[]) {
    if (typeof entry !== 'object' || entry === null || !('pointer' in entry) || !('detail' in entry)) continue
    if (typeof entry.pointer === 'string' && typeof entry.detail === 'string') fields.set(entry.pointer, entry.detail)
  }
  return fields
}
