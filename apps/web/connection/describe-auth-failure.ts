import { UNREACHABLE } from './describe-failure.ts'

/** A failure of the sign-in service; status 0 if the service could not be reached. */
export type AuthFailure = {
  readonly status: number
  readonly message?: string | undefined
  readonly code?: string | undefined
}

/** A failed sign-in or change of password, in words. */
export function describeAuthFailure({ status, message, code }: AuthFailure): string {
  if (status === 429) return 'Too many attempts. Wait a few minutes, or use a browser that has signed in before.'
  if (code === 'INVALID_PASSWORD') return 'The current password is wrong.'
  if (status === 401) return 'E-mail or password is wrong.'
  if (status === 0) return UNREACHABLE
  if (status >= 500) return 'The server failed on this request. Its log names the reason.'
  return message ?? 'The server refused the request.'
}
