import { request as requestPlainly } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { codeOf, SEND_ALL } from '@slashzero/contract/report'
import type { Problem } from '@slashzero/contract/report'
import { readRetryAfter } from './delay-retry.ts'
import { readProblem } from './read-answer.ts'
import type { Clock } from '../clock.ts'

const compress = promisify(gzip)
const DEFAULT_TIMEOUT_MILLISECONDS = 30_000
const MAX_ANSWER_BYTES = 64 * 1024
/** Below, compressing costs both sides more than the bytes. */
const MAX_PLAIN_CHARACTERS = 4096

/**
 * `refused`: the server will never take the same body. `failed`: a later attempt may succeed. `unauthorised` and
 * `unsupported` (the server speaks another version) need a person.
 */
export type Answer =
  | { readonly kind: 'taken'; readonly body: unknown }
  /** The server does not hold the base of a delta. */
  | { readonly kind: 'send-all'; readonly detail: string }
  | { readonly kind: 'refused'; readonly detail: string }
  | { readonly kind: 'unauthorised'; readonly detail: string }
  | { readonly kind: 'unsupported'; readonly detail: string }
  | Failure

type Failure = {
  readonly kind: 'failed'
  readonly detail: string
  readonly retryAfterMilliseconds: number | null
  /** Whether the network or the server may be too slow for a body of this size. */
  readonly timedOut?: boolean
}

export type HttpContext = {
  readonly clock: Pick<Clock, 'wall'>
  /**
   * PEM of the authorities that may sign the server's certificate; null for the well-known authorities and the
   * system's.
   */
  readonly serverCa: string | null
  /** The time until the last byte of an answer. Default 30 s. */
  readonly timeoutMilliseconds?: number | undefined
  readonly signal: AbortSignal
}

/**
 * Posts JSON text with a bearer token, gzipped if large. Out: the answer; never rejects. Follows no redirect, because a
 * redirect would carry the token to a host that nobody configured.
 */
export async function postRequest(
  request: { url: URL; bearer: string; text: string },
  context: HttpContext,
): Promise<Answer> {
  const { serverCa, timeoutMilliseconds = DEFAULT_TIMEOUT_MILLISECONDS } = context
  const timeout = AbortSignal.timeout(timeoutMilliseconds)
  try {
    const isSmall = request.text.length <= MAX_PLAIN_CHARACTERS
    const body = isSmall ? Buffer.from(request.text) : await compress(request.text, { level: 1 })
    const encoding = isSmall ? 'identity' : 'gzip'
    const send = () => post(request, { body, encoding }, serverCa, AbortSignal.any([context.signal, timeout]))
    const response = await send().catch(async (error: unknown) => {
      if (serverCa !== null || adviceOn(error) !== UNKNOWN_AUTHORITY || !(await trustSystem())) throw error
      return send()
    })
    return judge(response, await readText(response), request.url, context.clock.wall())
  } catch (error) {
    const timedOut = timeout.aborted
    const detail = timedOut ? `no complete answer within ${timeoutMilliseconds / 1000} s` : describe(error)
    return { kind: 'failed', detail, retryAfterMilliseconds: null, timedOut }
  }
}

/**
 * Uses node:http, because the HTTP client of fetch took a third of the collector's memory and half of its CPU
 * (measured).
 */
async function post(
  { url, bearer }: { url: URL; bearer: string },
  { body, encoding }: { body: Buffer; encoding: string },
  serverCa: string | null,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  // Loaded only if needed, because TLS takes 3 MB.
  const request = url.protocol === 'https:' ? (await import('node:https')).request : requestPlainly
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${bearer}`,
      'content-type': 'application/json',
      'content-encoding': encoding,
      'content-length': body.length,
      accept: 'application/json, application/problem+json',
    }
    const trust = serverCa === null ? {} : { ca: serverCa }
    // The server would mostly close a kept connection between two reports, and the later report would fail.
    const sent = request(url, { method: 'POST', headers, signal, agent: false, ...trust }, resolve)
    // The request may also fail after its answer has begun.
    sent.on('error', reject)
    sent.end(body)
  })
}

let systemTrusted = false

/**
 * Adds the authorities of this system to Node's. Out: whether this call added them. The authorities take megabytes, so
 * they are loaded only if a server's certificate needs them; at that moment nothing was sent to the server.
 */
async function trustSystem(): Promise<boolean> {
  if (systemTrusted) return false
  systemTrusted = true
  const { getCACertificates, setDefaultCACertificates } = await import('node:tls')
  setDefaultCACertificates([...getCACertificates('default'), ...getCACertificates('system')])
  return true
}

function judge(response: IncomingMessage, text: string, url: URL, now: number): Answer {
  const status = response.statusCode ?? 0
  const body = parseJson(text)
  if (status >= 200 && status < 300) return { kind: 'taken', body }
  const said = readProblem(body)
  const detail = said === null ? `HTTP status ${status}` : `${status}: ${describeProblem(said)}`
  if (status === 409 && said?.type === SEND_ALL) return { kind: 'send-all', detail }
  if (status === 401 || status === 403) return { kind: 'unauthorised', detail }
  if (status === 410 || status === 426 || (said !== null && isOfVersion(said))) return { kind: 'unsupported', detail }
  // A 400 or 422 without a problem document comes from a proxy, not from the server, and may pass.
  if (status === 413 || ((status === 400 || status === 422) && said !== null)) return { kind: 'refused', detail }
  const { location, 'retry-after': retryAfter } = response.headers
  return {
    kind: 'failed',
    detail: detail + adviceOnStatus(status, location, url),
    retryAfterMilliseconds: readRetryAfter(retryAfter ?? null, now),
  }
}

/** Whether the server does not know this version of the report. */
function isOfVersion({ errors = [] }: Problem): boolean {
  return errors.some(({ pointer }) => /^(\/\d+)?\/version$/.test(pointer))
}

function adviceOnStatus(status: number, location: string | undefined, url: URL): string {
  if (status === 404)
    return `: no Slashzero server of this version answers at ${url.href}; check the server's address, or upgrade the older program: the server or this collector`
  const redirect = status >= 300 && status < 400 && location !== undefined
  return redirect
    ? `: the collector does not follow the redirect to ${location}; if the server is there, configure that address`
    : ''
}

function describeProblem({ detail, errors = [] }: Problem): string {
  return [detail, ...errors.slice(0, 5).map((error) => `${error.pointer}: ${error.detail}`)].join('; ')
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.byteLength
    if (size > MAX_ANSWER_BYTES)
      throw new Error(`the answer with status ${response.statusCode} is longer than ${MAX_ANSWER_BYTES} bytes`)
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
  const [code, advice] = [codeOf(error), adviceOn(error)]
  // The message of OpenSSL helps only readers of its source.
  if (code === 'EPROTO') return `${advice}`
  // If a name has several addresses and each refused, the message is empty but has a code.
  // For an unknown authority, Node adds advice about its flags, and a service cannot pass flags.
  const said = error.message.replace(/; if the root CA .*/, '') || code || error.name
  return advice === undefined ? said : `${said}; ${advice}`
}

function adviceOn(error: unknown): string | undefined {
  return ADVICE[codeOf(error) ?? '']
}

const UNKNOWN_AUTHORITY =
  'set server-ca to a file with the certificate of the authority, or make this system trust the authority and restart the collector'
const ADVICE: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: UNKNOWN_AUTHORITY,
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_AUTHORITY,
  CERT_HAS_EXPIRED: "renew the server's certificate, and check this host's clock",
  CERT_NOT_YET_VALID: "check this host's clock",
  ERR_TLS_CERT_ALTNAME_INVALID: "use a name of the server's certificate as the server's address",
  EPROTO:
    'the server does not speak TLS as this collector does; check the address and port, and whether the address begins with https or http',
}
