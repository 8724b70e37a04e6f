export type ServiceErrorCode =
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'invalid'
  | 'too-large'
  | 'too-many'
  | 'unavailable'

/** A refused field, by its JSON Pointer (RFC 6901). */
export type FieldError = { readonly pointer: string; readonly detail: string }

/** A verb's refusal. Its message may be shown to the client; the message of any other error may not. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError'
  readonly code: ServiceErrorCode
  readonly errors: readonly FieldError[] | undefined

  constructor(code: ServiceErrorCode, message: string, errors?: readonly FieldError[], options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.errors = errors
  }
}
