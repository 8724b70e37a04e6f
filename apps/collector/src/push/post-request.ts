import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { problem } from '@slashzero/contract'
import { readRetryAfter } from './delay-retry.ts'

const compress = promisify(gzip)
const timeoutMilliseconds = 30_000
const largestAnswer = 64 * 1024

/** `refused` is for good: the same body will never be taken. `failed` may pass. `unauthorised` needs a person. */
export type Answer =
  | { readonly kind: 'taken'; readonly body: unknown }
  | { readonly kind: 'refused'; readonly detail: string }
  | { readonly kind: 'unauthorised'; readonly detail: string }
  | { readonly kind: 'failed'; readonly detail: string; readonly retryAfterMilliseconds: number | null }

/** Posts gzipped JSON text with a bearer token and says what became of it; never rejects and follows no redirect. */
export async function postRequest(
  request: { url: URL; bearer: string; text: string },
  context: { fetch: typeof fetch; now: () => number; signal: AbortSignal },
): Promise<Answer> {
  try {
    const response = await context.fetch(request.url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${request.bearer}`,
        'content-type': 'application/json',
        'content-encoding': 'gzip',
        accept: 'application/json, application/problem+json',
      },
      body: new Uint8Array(await compress(request.text)),
      // A redirect would carry the token to a host nobody configured.
      redirect: 'manual',
      signal: AbortSignal.any([context.signal, AbortSignal.timeout(timeoutMilliseconds)]),
    })
    return judge(response, await readText(response), context.now())
  } catch (error) {
    return { kind: 'failed', detail: describe(error), retryAfterMilliseconds: null }
  }
}

function judge(response: Response, text: string, now: number): Answer {
  const { status } = response
  const body = parseJson(text)
  if (response.ok) return { kind: 'taken', body }
  const said = problem.safeParse(body)
  const detail = said.success ? `${status}: ${describeProblem(said.data)}` : `HTTP status ${status}`
  if (status === 401 || status === 403) return { kind: 'unauthorised', detail }
  // A 400 or 422 that is no problem document comes from something between here and the server, and may pass.
  if (status === 413 || ((status === 400 || status === 422) && said.success)) return { kind: 'refused', detail }
  const location = response.headers.get('location')
  const redirect = status >= 300 && status < 400 && location !== null
  return {
    kind: 'failed',
    detail: redirect ? `${detail}: a redirect to ${location}; configure that address if it is the server's` : detail,
    retryAfterMilliseconds: readRetryAfter(response.headers.get('retry-after'), now),
  }
}

function describeProblem({ detail, errors = [] }: { detail: string; errors?: { pointer: string; detail: string }[] | undefined }): string {
  return [detail, ...errors.slice(0, 5).map((error) => `${error.pointer}: ${error.detail}`)].join('; ')
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > largestAnswer) throw new Error(`the answer with status ${response.status} is longer than ${largestAnswer} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return `no answer within ${timeoutMilliseconds / 1000} s`
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}
