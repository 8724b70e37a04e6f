import type { IncomingMessage, ServerResponse } from 'node:http'
import { problem } from '@slashzero/api'
import type { Origin } from '../http/origin.ts'
import { writeAnswer } from '../http/write-answer.ts'
import { SOURCE_HEADER, type Auth } from './create-auth.ts'

/** The paths that the pages use; the library has more, which stay closed. */
const OPEN = new Set([
  '/api/auth/sign-in/email',
  '/api/auth/sign-out',
  '/api/auth/get-session',
  '/api/auth/change-password',
  '/api/auth/list-sessions',
  '/api/auth/revoke-session',
  '/api/auth/revoke-sessions',
  '/api/auth/revoke-other-sessions',
  '/api/auth/update-user',
])
const MAX_BODY_BYTES = 16 * 1024

/** Answers `/api/auth`: sign-in, sign-out, session and password. */
export async function answerAuth(
  auth: Auth,
  { request, response, url, origin }: { request: IncomingMessage; response: ServerResponse; url: URL; origin: Origin },
): Promise<void> {
  if (!OPEN.has(url.pathname)) {
    return writeAnswer(response, problem(404, `There is nothing at ${url.pathname}.`), request.method)
  }
  const body = await readSmallBody(request)
  if (body === null) return writeAnswer(response, problem(413, 'The body is too large.'), request.method)
  const answer = await auth.handler(
    new Request(`${origin.protocol}://${origin.host}${url.pathname}${url.search}`, {
      method: request.method ?? 'GET',
      headers: toHeaders(request, origin),
      ...(body.length > 0 && { body }),
    }),
  )
  response.statusCode = answer.status
  answer.headers.forEach((value, name) => name !== 'set-cookie' && response.setHeader(name, value))
  const cookies = answer.headers.getSetCookie()
  if (cookies.length > 0) response.setHeader('set-cookie', cookies)
  const retryAfter = answer.headers.get('x-retry-after')
  if (retryAfter !== null) response.setHeader('retry-after', retryAfter)
  response.setHeader('cache-control', 'no-store')
  response.end(Buffer.from(await answer.arrayBuffer()))
}

/** The headers of the request as the library reads them, with the source that this server has verified. */
export function toHeaders(request: IncomingMessage, origin: Origin): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined && !name.startsWith('x-forwarded-')) headers.set(name, String(value))
  }
  headers.set('host', origin.host)
  headers.set(SOURCE_HEADER, origin.source)
  return headers
}

async function readSmallBody(request: IncomingMessage): Promise<Buffer<ArrayBuffer> | null> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length
    if (bytes > MAX_BODY_BYTES) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
