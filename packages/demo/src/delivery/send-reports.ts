import { promisify } from 'node:util'
import { constants, gzip as gzipWithCallback } from 'node:zlib'
import { setTimeout as sleep } from 'node:timers/promises'
import { codeOf, ENROL_PATH, enrolResponse, ingestResponse, messageOf, REPORTS_PATH } from '@slashzero/contract/report'
import type { IngestResponse, Report } from '@slashzero/contract/report'

const gzip = promisify(gzipWithCallback)
const ATTEMPTS = 6
const DEADLINE = 60_000

/** The server's base URL, and a signal that ends the attempts. */
export type Server = { readonly url: string; readonly signal: AbortSignal }

/** The server could not be reached (`status` null) or refused the request. The message is one sentence. */
export class SendError extends Error {
  readonly status: number | null

  constructor(message: string, status: number | null) {
    super(message)
    this.status = status
  }
}

/** Exchanges the enrolment token for the credential of one simulated host. @throws SendError */
export async function enrolHost(server: Server, token: string, host: { id: string; name: string }): Promise<string> {
  const answer = await post(server, ENROL_PATH, { token, body: Buffer.from(JSON.stringify({ host })) })
  return enrolResponse.parse(answer).credential
}

/** The body of a request with up to 100 reports of one host, in the order observed. */
export function compressReports(reports: readonly Report[]): Promise<Buffer<ArrayBuffer>> {
  return gzip(JSON.stringify(reports), { level: constants.Z_BEST_SPEED })
}

/** Sends a body that `compressReports` made; resolves when the server has stored the reports. @throws SendError */
export async function sendBody(
  server: Server,
  credential: string,
  body: Buffer<ArrayBuffer>,
  encoding: 'gzip' | 'identity' = 'gzip',
): Promise<IngestResponse> {
  const sent = { token: credential, body, headers: { 'content-encoding': encoding } }
  return ingestResponse.parse(await post(server, REPORTS_PATH, sent))
}

type Sent = { readonly token: string; readonly body: Buffer<ArrayBuffer>; readonly headers?: Record<string, string> }

/** Posts until the server accepts the body; while the server is busy, waits for the time in Retry-After. */
async function post(server: Server, path: string, sent: Sent): Promise<unknown> {
  for (let attempt = 1; ; attempt += 1) {
    const response = await request(server, path, sent)
    if (response.ok) return response.json()
    const busy = response.status === 429 || response.status === 503
    const detail = await readDetail(response)
    if (!busy || attempt === ATTEMPTS) {
      throw new SendError(`The server answered ${response.status} to ${path}: ${detail}`, response.status)
    }
    await sleep(1000 * Number(response.headers.get('retry-after') ?? attempt), undefined, { signal: server.signal })
  }
}

async function request(server: Server, path: string, { token, body, headers }: Sent): Promise<Response> {
  try {
    return await fetch(new URL(path, server.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
      body,
      signal: AbortSignal.any([server.signal, AbortSignal.timeout(DEADLINE)]),
    })
  } catch (error) {
    if (server.signal.aborted) throw server.signal.reason
    throw new SendError(`No server could be reached at ${server.url}: ${reasonOf(error)}.`, null)
  }
}

async function readDetail(response: Response): Promise<string> {
  const text = await response.text()
  try {
    const problem: unknown = JSON.parse(text)
    if (typeof problem === 'object' && problem !== null && 'detail' in problem) return String(problem.detail)
  } catch {
    // Not a problem document: the text itself is shown.
  }
  return text.slice(0, 200) || response.statusText
}

/** `fetch` hides the system's error behind "fetch failed". */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error
  return codeOf(cause) ?? messageOf(cause)
}
