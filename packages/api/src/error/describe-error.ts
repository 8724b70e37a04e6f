import { randomBytes } from 'node:crypto'
import {
  adviseUnavailable,
  isUnavailable,
  isUnstorable,
  ServiceError,
  type FieldError,
  type Logger,
  type ServiceErrorCode,
} from '@slashzero/services'

/** An error as a client may see it; `errors` names refused fields by JSON Pointer. */
export type ErrorDescription = {
  readonly code: ServiceErrorCode | 'unexpected'
  readonly detail: string
  readonly errors?: readonly FieldError[]
}

/**
 * Describes any thrown error to a client. Only a ServiceError and an unreachable database are described; for any other
 * error the client gets an id to quote, and the log gets the error with the same id.
 */
export function describeError(error: unknown, log: Logger): ErrorDescription {
  if (error instanceof ServiceError) {
    return { code: error.code, detail: error.message, ...(error.errors && { errors: error.errors }) }
  }
  if (isUnavailable(error)) {
    const detail = adviseUnavailable(error)
    log.error({ err: error }, detail)
    return { code: 'unavailable', detail }
  }
  if (isUnstorable(error))
    return { code: 'invalid', detail: 'The request has a character that no text may have, such as NUL.' }
  const errorId = randomBytes(6).toString('hex')
  log.error({ err: error, errorId }, 'unexpected error')
  return {
    code: 'unexpected',
    detail: `The server failed on this request; its log explains the error under the id ${errorId}.`,
  }
}
