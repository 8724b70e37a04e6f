import { TRPCClientError } from '@trpc/client'

/** What a failed request comes to: whether asking again makes sense, and what a person is told. */
export type Failure = {
  readonly kind: 'signed-out' | 'unreachable' | 'refused' | 'failed'
  readonly message: string
  /** The refused fields by JSON Pointer. */
  readonly fields: ReadonlyMap<string, string>
}

/** Tells apart what can go wrong between a page and the server. */
export function describeFailure(error: unknown): Failure {
  if (!(error instanceof TRPCClientError)) return failed('This page failed on the server’s answer. Reload it.')
  const status = statusOf(error.data)
  if (status === null) {
    return {
      kind: 'unreachable',
      message: 'The server cannot be reached. Check that it runs and that your network leads there.',
      fields: new Map(),
    }
  }
  if (status === 401)
    return { kind: 'signed-out', message: 'Your session has ended. Sign in again.', fields: new Map() }
  if (status < 500) return { kind: 'refused', message: refusal(error), fields: fieldsOf(error.data) }
  return failed(error.message)
}

function failed(message: string): Failure {
  return { kind: 'failed', message, fields: new Map() }
}

/** A refusal by schema carries the schema library's own text; the fields say it better. */
function refusal(error: TRPCClientError<never> | Error): string {
  return error.message.startsWith('[') || error.message.startsWith('{') ? 'Some fields were refused.' : error.message
}

function statusOf(data: unknown): number | null {
  if (typeof data !== 'object' || data === null || !('httpStatus' in data)) return null
  return typeof data.httpStatus === 'number' ? data.httpStatus : null
}

function fieldsOf(data: unknown): ReadonlyMap<string, string> {
  const fields = new Map<string, string>()
  if (typeof data !== 'object' || data === null || !('errors' in data) || !Array.isArray(data.errors)) return fields
  for (const entry of data.errors as readonly unknown[]) {
    if (typeof entry !== 'object' || entry === null || !('pointer' in entry) || !('detail' in entry)) continue
    if (typeof entry.pointer === 'string' && typeof entry.detail === 'string') fields.set(entry.pointer, entry.detail)
  }
  return fields
}
