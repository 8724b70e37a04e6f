/** What the sign-in service says of a failure; status 0 where it could not be reached. */
export type AuthFailure = {
  readonly status: number
  readonly message?: string | undefined
  readonly code?: string | undefined
}

/** A failed sign-in or change of password, told to a person. */
export function describeAuthFailure({ status, message, code }: AuthFailure): string {
  if (status === 429) return 'Too many attempts. Wait a minute and try again.'
  if (code === 'INVALID_PASSWORD') return 'The present password is not right.'
  if (status === 401) return 'E-mail or password is not right.'
  if (status === 0) return 'The server cannot be reached. Check that it runs and that your network leads there.'
  if (status >= 500) return 'The server failed on this request. Its log names the reason.'
  return message ?? 'The server refused this.'
}
