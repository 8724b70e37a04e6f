import type { IncomingMessage } from 'node:http'
import { ServiceError, type Actor } from '@slashzero/services'
import type { Origin } from '../http/origin.ts'
import { toHeaders } from './answer-auth.ts'
import type { Auth } from './create-auth.ts'

/** The person behind a session cookie, and the cookies that prolong the session when needed. */
export type Session = { readonly actor: Actor; readonly cookies: readonly string[] }

/**
 * Reads the session of a request: `anonymous` without a session or after its end.
 * @throws ServiceError `unavailable` if the session cannot be read
 */
export async function readSession(auth: Auth, request: IncomingMessage, origin: Origin): Promise<Session> {
  if (!request.headers.cookie?.includes('slashzero.session_token='))
    return { actor: { kind: 'anonymous' }, cookies: [] }
  try {
    const { headers, response } = await getSession(auth, toHeaders(request, origin))
    return {
      actor: response ? { kind: 'user', userId: response.user.id } : { kind: 'anonymous' },
      cookies: headers.getSetCookie(),
    }
  } catch (cause) {
    // The library itself handles invalid cookies and logs other failures; its error must not reach the client.
    throw new ServiceError('unavailable', 'Sessions cannot be read now; try again soon.', undefined, { cause })
  }
}

/** Prolongs an old session. If the database takes no writes, the session still counts. */
function getSession(auth: Auth, headers: Headers) {
  const read = (query: { disableRefresh?: true }) => auth.api.getSession({ headers, query, returnHeaders: true })
  return read({}).catch(() => read({ disableRefresh: true }))
}
