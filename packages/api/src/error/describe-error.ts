import { randomBytes } from 'node:crypto'
import { isUnavailable, ServiceError, type FieldError, type Logger, type ServiceErrorCode } from '@slashzero/services'

/** What a client is told of an error; `errors` names refused fields by JSON Pointer. */
export type ErrorDescription = {
  readonly code: ServiceErrorCode | 'unexpected'
  readonly detail: string
  readonly errors?: readonly FieldError[]
}

/**
 * Decides what a client is told of anything that was thrown. An error that is neither a ServiceError nor the database's
 * absence says nothing of itself: the client gets an id to quote, and the log gets the error under that id.
 */
export function describeError(error: unknown, log: Logger): ErrorDescription {
  if (error instanceof ServiceError) {
    return { code: error.code, detail: error.message, ...(error.errors && { errors: error.errors }) }
  }
  if (isUnavailable(error)) {
    log.error({ err: error }, 'the database is away')
    return { code: 'unavailable', detail: 'The database is away; try again soon.' }
  }
  const errorId = randomBytes(6).toString('hex')
  log.error({ err: error, errorId }, 'unexpected error')
  return {
    code: 'unexpected',
    detail: `The server failed on this request; its log names the reason under the id ${errorId}.`,
  }
}
