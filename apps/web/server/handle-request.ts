import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  answerInstall,
  answerRest,
  answerVmsCsv,
  createAsk,
  json,
  methodNotAllowed,
  problem,
  problemOf,
  type Answer,
  type ApiContext,
  type GuestScripts,
  type IngestRequest,
  type Packages,
} from '@slashzero/api'
import {
  administratorExists,
  authenticateApiToken,
  readReadiness,
  ServiceError,
  type Actor,
  type ServiceContext,
} from '@slashzero/services'
import type { Logger } from 'pino'
import { bearerToken, codeOf } from '@slashzero/contract/report'
import { answerAuth } from './auth/answer-auth.ts'
import type { Auth } from './auth/create-auth.ts'
import { readSession, type Session } from './auth/read-session.ts'
import { isSameOrigin, readOrigin, type Origin } from './http/origin.ts'
import type { TrustProxy } from './http/trust-proxy.ts'
import { setSecurityHeaders } from './http/security-headers.ts'
import { writeAnswer } from './http/write-answer.ts'
import { answerPage } from './pages/answer-page.ts'
import type { Pages } from './pages/create-pages.ts'
import { answerTrpc } from './trpc/answer-trpc.ts'

/** The parts behind the one port; the part of a role that is off is null. */
export type Parts = {
  /** The actor is `anonymous`; each request brings its own actor. */
  readonly context: ServiceContext
  readonly log: Logger
  readonly trustProxy: TrustProxy
  readonly isStopping: () => boolean
  readonly answerIngest: ((request: IngestRequest) => Promise<Answer>) | null
  readonly web: WebParts | null
}

export type WebParts = {
  readonly auth: { readonly http: Auth; readonly https: Auth }
  /** The key that signs sessions. */
  readonly secret: string
  readonly api: Pick<ApiContext, 'demoLoader' | 'watch'>
  readonly pages: Pages
  readonly readPackages: () => Promise<Packages | null>
  readonly guestScripts: GuestScripts
  readonly dev: boolean
}

type Exchange = {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly url: URL
  readonly origin: Origin
}

/** Makes the handler of all requests. The handler never rejects. */
export function createRequestHandler(parts: Parts): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const started = performance.now()
    const path = request.url?.split('?', 1)[0]
    response.once('close', () => {
      const milliseconds = Math.round(performance.now() - started)
      parts.log.debug({ method: request.method, path, status: response.statusCode, milliseconds }, 'request')
    })
    handle(parts, request, response).catch((error: unknown) => {
      if (hasClientLeft(error)) return
      const answer = problemOf(error, parts.log)
      // After the headers are sent, an error can only cut the answer.
      if (response.headersSent) response.destroy()
      else void writeAnswer(response, answer, request.method)
    })
  }
}

function hasClientLeft(error: unknown): boolean {
  const code = codeOf(error)
  return code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ECONNRESET'
}

async function handle(parts: Parts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const origin = readOrigin(request, parts.trustProxy)
  setSecurityHeaders(response, origin.protocol)
  const { method = '' } = request
  if (!METHODS.has(method)) return writeAnswer(response, methodNotAllowed(method, 'GET, HEAD, POST'), method)
  const url = readUrl(request, origin)
  if (!url) return writeAnswer(response, problem(400, 'The URL or the Host header is not valid.'), request.method)
  const exchange = { request, response, url, origin }
  const answer = await answerMachine(parts, exchange)
  if (answer) return writeAnswer(response, answer, request.method)
  if (parts.web) return answerPerson(parts, parts.web, exchange)
  return writeAnswer(response, problem(404, `There is nothing at ${url.pathname} in this process.`), request.method)
}

/**
 * Methods that a path of this server may allow or refuse. Every other method, such as TRACE, is refused for all paths.
 */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** Null if the request has no valid URL. `//host/path` stays a path of this server. */
function readUrl(request: IncomingMessage, { protocol, host }: Origin): URL | null {
  const base = `${protocol}://${host}`
  if (!request.url?.startsWith('/') || !URL.canParse(base) || new URL(base).pathname !== '/') return null
  if (!URL.canParse(base + request.url)) return null
  const url = new URL(base + request.url)
  return isDecodable(url.pathname) && !/%00/.test(url.search) ? url : null
}

/** Whether each `%` begins an escape, and the text has no NUL, which PostgreSQL cannot hold. */
function isDecodable(path: string): boolean {
  try {
    return !decodeURIComponent(path).includes('\0')
  } catch {
    return false
  }
}

/**
 * Answers health probes, collectors, installers and programs with a token, all without a session. Null for other paths.
 */
async function answerMachine(parts: Parts, { request, url, origin }: Exchange): Promise<Answer | null> {
  const { headers, method = 'GET' } = request
  const { authorization } = headers
  if (url.pathname === '/healthz') return json(200, { status: 'ok' })
  if (url.pathname === '/readyz') {
    if (parts.isStopping()) throw new ServiceError('unavailable', 'The server is stopping.')
    return json(200, { status: 'ready', ...(await readReadiness(parts.context)) })
  }
  if (url.pathname.startsWith('/ingest/') && parts.answerIngest) {
    return parts.answerIngest({
      method,
      path: url.pathname,
      format: url.searchParams.get('format'),
      authorization,
      contentType: headers['content-type'],
      contentEncoding: headers['content-encoding'],
      contentLength: headers['content-length'],
      source: origin.source,
      // Destroying the request on return would also destroy the answer.
      body: request.iterator({ destroyOnReturn: false }),
    })
  }
  if (url.pathname.startsWith('/install/') && parts.web) {
    return answerInstall(
      { method, path: url.pathname, server: url.origin },
      parts.web.readPackages,
      parts.web.guestScripts,
    )
  }
  if (url.pathname.startsWith('/api/v1/') && parts.web) return answerRest(parts.context, { method, url, authorization })
  return null
}

/** Answers a person's browser. */
async function answerPerson(parts: Parts, web: WebParts, exchange: Exchange): Promise<void> {
  const { request, response, url, origin } = exchange
  const { method = 'GET' } = request
  const auth = web.auth[origin.protocol]
  const session = () => readSession(auth, request, origin)
  const as = (actor: Actor): ServiceContext => ({ ...parts.context, actor })
  if (method !== 'GET' && method !== 'HEAD' && !isSameOrigin(request, origin)) {
    return writeAnswer(response, problem(403, 'This request came from a page of another site.'), method)
  }
  if (url.pathname.startsWith('/api/auth/')) {
    const readUserId = async () => {
      const { actor } = await session()
      return actor.kind === 'user' ? actor.userId : null
    }
    return answerAuth({ auth, context: parts.context, secret: web.secret, readUserId }, exchange)
  }
  if (url.pathname.startsWith('/trpc/')) {
    const { actor } = await session()
    return answerTrpc(request, response, { context: { service: as(actor), ...web.api } })
  }
  if (url.pathname === '/api/export/vms.csv') {
    const actor = await readExporter(parts.context, request, session)
    return writeAnswer(response, await answerVmsCsv(as(actor), { method, url }), method)
  }
  if (/^\/(api|ingest|trpc)(\/|$)/.test(url.pathname)) {
    return writeAnswer(response, problem(404, `There is nothing at ${url.pathname}.`), method)
  }
  return answerPage(web.pages, {
    request,
    response,
    url,
    dev: web.dev,
    readSession: session,
    administratorExists: () => administratorExists(parts.context),
    askAs: (actor) => createAsk({ service: as(actor), ...web.api }),
  })
}

/** A program sends a token, a person's browser a session. */
async function readExporter(
  context: ServiceContext,
  request: IncomingMessage,
  session: () => Promise<Session>,
): Promise<Actor> {
  const token = bearerToken(request.headers.authorization)
  const actor = token === null ? (await session()).actor : await authenticateApiToken(context, { token })
  if (actor.kind === 'anonymous')
    throw new ServiceError('unauthenticated', 'Sign in, or send an API token as "Authorization: Bearer …".')
  return actor
}
