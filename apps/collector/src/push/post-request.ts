import type { IncomingMessage } from 'node:http'
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

/**
 * Posts gzipped JSON text with a bearer token and says what became of it; never rejects. It follows no redirect, which would
 * carry the token to a host nobody configured.
 */
export async function postRequest(
  request: { url: URL; bearer: string; text: string },
  context: { now: () => number; signal: AbortSignal },
): Promise<Answer> {
  try {
    const body = await compress(request.text)
    const response = await post(request.url, request.bearer, body, AbortSignal.any([context.signal, AbortSignal.timeout(timeoutMilliseconds)]))
    return judge(response, await readText(response), context.now())
  } catch (error) {
    return { kind: 'failed', detail: describe(error), retryAfterMilliseconds: null }
  }
}

/** node:http and not fetch: fetch's own HTTP client was measured at a third of the collector's memory and half of its CPU. */
async function post(url: URL, bearer: string, body: Buffer, signal: AbortSignal): Promise<IncomingMessage> {
  const { request } = await (url.protocol === 'https:' ? import('node:https') : import('node:http'))
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${bearer}`,
      'content-type': 'application/json',
      'content-encoding': 'gzip',
      'content-length': body.length,
      accept: 'application/json, application/problem+json',
    }
    // A kept connection would mostly be closed by the server between two reports, and fail the later one.
    const sent = request(url, { method: 'POST', headers, signal, agent: false }, resolve)
    sent.once('error', reject)
    sent.end(body)
  })
}

function judge(response: IncomingMessage, text: string, now: number): Answer {
  const status = response.statusCode ?? 0
  const body = parseJson(text)
  if (status >= 200 && status < 300) return { kind: 'taken', body }
  const said = problem.safeParse(body)
  const detail = said.success ? `${status}: ${describeProblem(said.data)}` : `HTTP status ${status}`
  if (status === 401 || status === 403) return { kind: 'unauthorised', detail }
  // A 400 or 422 that is no problem document comes from something between here and the server, and may pass.
  if (status === 413 || ((status === 400 || status === 422) && said.success)) return { kind: 'refused', detail }
  const { location, 'retry-after': retryAfter } = response.headers
  const redirect = status >= 300 && status < 400 && location !== undefined
  return {
    kind: 'failed',
    detail: redirect ? `${detail}: a redirect to ${location}; configure that address if it is the server's` : detail,
    retryAfterMilliseconds: readRetryAfter(retryAfter ?? null, now),
  }
}

function describeProblem({ detail, errors = [] }: { detail: string; errors?: { pointer: string; detail: string }[] | undefined }): string {
  return [detail, ...errors.slice(0, 5).map((error) => `${error.pointer}: ${error.detail}`)].join('; ')
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.byteLength
    if (size > largestAnswer) throw new Error(`the answer with status ${response.statusCode} is longer than ${largestAnswer} bytes`)
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
  if (error.cause instanceof Error && error.cause.name === 'TimeoutError') return `no answer within ${timeoutMilliseconds / 1000} s`
  // Where a name has several addresses, each refused, the message is empty and the code is not.
  return error.message || ('code' in error ? String(error.code) : error.name)
}
