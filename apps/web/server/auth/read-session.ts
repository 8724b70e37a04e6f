import type { IncomingMessage } from 'node:http'
import type { Actor } from '@slashzero/services'
import type { Origin } from '../http/origin.ts'
import { toHeaders } from './answer-auth.ts'
import type { Auth } from './create-auth.ts'

/** Who a request's session cookie stands for, and the cookies that prolong the session where it is time for that. */
export type Session = { readonly actor: Actor; readonly cookies: readonly string[] }

/** Reads the session of a request; `anonymous` where it has none, or one that has ended. */
export async function readSession(auth: Auth, request: IncomingMessage, origin: Origin): Promise<Session> {
  if (!request.headers.cookie?.includes('slashzero.session_token=')) return { actor: { kind: 'anonymous' }, cookies: [] }
  const { headers, response } = await auth.api.getSession({ headers: toHeaders(request, origin), returnHeaders: true })
  return {
    actor: response ? { kind: 'user', userId: response.user.id } : { kind: 'anonymous' },
    cookies: headers.getSetCookie(),
  }
}
