import type { TRPCError } from '@trpc/server'
import type { ErrorDescription } from './describe-error.ts'

/** The only map from error codes to the codes of each protocol; a missing code does not compile. */
export const statuses: Record<ErrorDescription['code'], { readonly http: number; readonly trpc: TRPCError['code'] }> = {
  unauthenticated: { http: 401, trpc: 'UNAUTHORIZED' },
  forbidden: { http: 403, trpc: 'FORBIDDEN' },
  'not-found': { http: 404, trpc: 'NOT_FOUND' },
  conflict: { http: 409, trpc: 'CONFLICT' },
  'too-large': { http: 413, trpc: 'PAYLOAD_TOO_LARGE' },
  'too-many': { http: 429, trpc: 'TOO_MANY_REQUESTS' },
  invalid: { http: 422, trpc: 'UNPROCESSABLE_CONTENT' },
  unavailable: { http: 503, trpc: 'SERVICE_UNAVAILABLE' },
  unexpected: { http: 500, trpc: 'INTERNAL_SERVER_ERROR' },
}
