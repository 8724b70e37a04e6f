import type { IncomingMessage } from 'node:http'
import { ServiceError, type Actor } from '@slashzero/services'
import type { Origin } from '../http/origin.ts'
import { toHeaders } from './answer-auth.ts'
import type { Auth } from './create-auth.ts'

/** Who a request's session cookie stands for, and the cookies that prolong the session where it is time for that. */
export type Session = { readonly actor: Actor; readonly cookies: readonly string[] }

/**
 * Reads the session of a request; `anonymous` where it has none, or one that has ended.
 * @throws ServiceError `unavailable` where that cannot be told
 */
export async function readSession(auth: Auth, request: IncomingMessage, origin: Origin): Promise<Session> {
  if (!request.headers.cookie?.includes('slashzero.session_token='))
    return { actor: { kind: 'anonymous' }, cookies: [] }
  try {
    const { headers, response } = await auth.api.getSession({
      headers: toHeaders(request, origin),
      returnHeaders: true,
    })
    return {
      actor: response ? { kind: 'user', userId: response.user.id } : { kind: 'anonymous' },
      cookies: headers.getSetCookie(),
    }
  } catch (cause) {
    // The library answers a cookie that is no good, logs what else went wrong, and throws its own words for it.
    throw new ServiceError('unavailable', 'Sessions cannot be read just now; try again soon.', undefined, { cause })
  }
}
