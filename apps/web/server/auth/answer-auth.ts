import type { IncomingMessage, ServerResponse } from 'node:http'
import { methodNotAllowed, problem } from '@slashzero/api'
import type { ServiceContext } from '@slashzero/services'
import { z } from 'zod'
import type { Origin } from '../http/origin.ts'
import { writeAnswer } from '../http/write-answer.ts'
import { checkPassword } from './check-password.ts'
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

type Exchange = { request: IncomingMessage; response: ServerResponse; url: URL; origin: Origin }

export type AuthParts = {
  readonly auth: Auth
  readonly context: ServiceContext
  /** The key that signs sessions. */
  readonly secret: string
  /** The signed-in person's id, or null. */
  readonly readUserId: () => Promise<string | null>
}

/** Answers `/api/auth`: sign-in, sign-out, session and password. */
export async function answerAuth(parts: AuthParts, { request, response, url, origin }: Exchange): Promise<void> {
  if (!OPEN.has(url.pathname)) {
    return writeAnswer(response, problem(404, `There is nothing at ${url.pathname}.`), request.method)
  }
  if (request.method !== 'GET' && request.method !== 'POST') {
    return writeAnswer(response, methodNotAllowed(request.method ?? '', 'GET, POST'), request.method)
  }
  const body = await readSmallBody(request)
  if (body === null) return writeAnswer(response, problem(413, 'The body is too large.'), request.method)
  const form = readForm(body)
  if (form === null)
    return writeAnswer(response, problem(400, 'The body is not a JSON object of texts.'), request.method)
  // The server decides, not the page: a changed password ends the sessions of whoever knew the old one.
  if (url.pathname === '/api/auth/change-password') form['revokeOtherSessions'] = true
  const headers = toHeaders(request, origin)
  headers.delete('content-length')
  if (request.method === 'POST') headers.set('content-type', 'application/json')
  const check = () =>
    parts.auth.handler(
      new Request(`${origin.protocol}://${origin.host}${url.pathname}${url.search}`, {
        method: request.method ?? 'GET',
        headers,
        ...(request.method === 'POST' && { body: JSON.stringify(form) }),
      }),
    )
  const { cookie } = request.headers
  const asked = {
    ...parts,
    path: url.pathname,
    form,
    cookie,
    secure: origin.protocol === 'https',
    source: origin.source,
  }
  const answer = await checkPassword(parts.context, asked, check)
  if (!(answer instanceof Response)) return writeAnswer(response, answer, request.method)
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

/**
 * A JSON object of texts without NUL, which PostgreSQL cannot hold, and of flags; null for another body. No body is an
 * empty object.
 */
function readForm(body: Buffer): Record<string, unknown> | null {
  const form = FORM.safeParse(body.length === 0 ? {} : parse(body.toString()))
  return form.data ?? null
}

const FORM = z.record(z.string(), z.union([z.boolean(), z.string().refine((text) => !text.includes('\0'))]))

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
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
