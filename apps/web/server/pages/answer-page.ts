import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { problem, type Answer } from '@slashzero/api'
import { withAsk, type Ask } from '@slashzero/api/page'
import type { Actor } from '@slashzero/services'
import type { Session } from '../auth/read-session.ts'
import { contentSecurityPolicy } from '../http/security-headers.ts'
import { redirectTo, writeAnswer } from '../http/write-answer.ts'
import type { Pages } from './create-pages.ts'

export type PageRequest = {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly url: URL
  readonly dev: boolean
  readonly readSession: () => Promise<Session>
  readonly administratorExists: () => Promise<boolean>
  /** The API for the server components of the page. */
  readonly askAs: (actor: Actor) => Ask
}

/** Serves pages to signed-in people, the sign-in page to others, and static files to everybody. */
export async function answerPage(pages: Pages, page: PageRequest): Promise<void> {
  const { request, response, url, dev } = page
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    const answer = problem(405, `${request.method} is not allowed here.`, { headers: { allow: 'GET, HEAD' } })
    return writeAnswer(response, answer, request.method)
  }
  // Next must get exactly the path that the checks below saw.
  request.url = `${url.pathname}${url.search}`
  if (isStatic(url.pathname, dev)) return pages.answer(request, response)

  const admitted = await admit(page).catch((error: unknown) => {
    if (!isNavigation(request)) throw error
    return null
  })
  // An open page keeps itself and tries again only if the connection breaks. It would leave itself for a 503.
  if (admitted === null) return void request.socket.destroy()
  const { actor, instead } = admitted
  if (instead) return writeAnswer(response, instead, request.method)
  const policy = contentSecurityPolicy(randomBytes(16).toString('base64'), dev)
  // Next reads the nonce for its inline scripts from this request header.
  request.headers['content-security-policy'] = policy
  response.setHeader('content-security-policy', policy)
  return withAsk(page.askAs(actor), () => pages.answer(request, response))
}

/** Whether the script of an open page asks for the next page. */
function isNavigation({ headers }: IncomingMessage): boolean {
  return headers['rsc'] !== undefined
}

function isStatic(path: string, dev: boolean): boolean {
  if (/^\/_next\/static\/|^\/(favicon\.ico|icon\.svg|icon\.png|apple-icon\.png|robots\.txt)$/.test(path)) return true
  return dev && /^\/(_next|__nextjs[^/]*)(\/|$)/.test(path)
}

/** Who asks, and the redirect to another page; null if the person may see this page. */
async function admit(page: PageRequest): Promise<{ readonly actor: Actor; readonly instead: Answer | null }> {
  const { url, response, readSession, administratorExists } = page
  if (url.pathname === '/setup') {
    const isOpen = url.searchParams.has('token') && !(await administratorExists())
    return { actor: { kind: 'anonymous' }, instead: isOpen ? null : redirectTo('/sign-in') }
  }
  const { actor, cookies } = await readSession()
  if (cookies.length > 0) response.setHeader('set-cookie', [...cookies])
  const signedIn = actor.kind === 'user'
  if (url.pathname === '/sign-in') return { actor, instead: signedIn ? redirectTo('/') : null }
  return { actor, instead: signedIn ? null : redirectTo(signInPath(url)) }
}

/** The sign-in page returns to this path. A path such as `//host` would lead to another site. */
function signInPath({ pathname, search }: URL): string {
  const here = `${pathname}${search}`
  return here === '/' || here.startsWith('//') ? '/sign-in' : `/sign-in?next=${encodeURIComponent(here)}`
}
