import type { FieldError } from '@slashzero/services'

/** A request refused before any verb; becomes an RFC 9457 problem. */
export class Refusal extends Error {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly errors: readonly FieldError[] | undefined

  constructor(
    status: number,
    detail: string,
    headers: Readonly<Record<string, string>> = {},
    errors?: readonly FieldError[],
  ) {
    super(detail)
    this.status = status
    this.headers = headers
    this.errors = errors
  }
}
