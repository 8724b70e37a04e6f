import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { bearerToken, MAX_PUSH_BYTES, PUSH_PATH, PUSH_REFUSALS, PUSH_RETRY_SECONDS } from '@slashzero/contract/report'
import { PUSHED_FORMATS } from '@slashzero/route-table'
import { listen } from '../../listen.ts'
import type { ListenAddress } from '../../listen-address.ts'

/** The reason why a push is refused, in a sentence for the guest. */
export class PushRefusal extends Error {
  readonly status: number
  readonly retrySeconds: number | null
  constructor(status: number, message: string, retrySeconds: number | null = null) {
    super(message)
    this.status = status
    this.retrySeconds = retrySeconds
  }
}

export type Push<From> = { readonly from: From; readonly format: string; readonly table: Uint8Array }

export type PushHandlers<From> = {
  /** The identity that a token speaks for; called before the body is read. Throws PushRefusal. */
  readonly admit: (token: string) => From
  /** Accepts a push. Out: the answer, one line. Throws PushRefusal. */
  readonly accept: (push: Push<From>) => string
}

/** The maximum of all bodies under way together. */
const MAX_BYTES_HELD = 8 << 20
const MAX_CONNECTIONS = 128
const REQUEST_MILLISECONDS = 10_000

/**
 * Accepts the pushes of guests at this address, without keeping the process running. Rejects if it cannot listen.
 * Beyond the maximum of connections the oldest ends, so that slow guests (10 s for a request) do not delay others.
 */
export async function servePushes<From>(
  address: ListenAddress,
  handlers: PushHandlers<From>,
): Promise<{ url: string; close: () => void }> {
  const limits = {
    requestTimeout: REQUEST_MILLISECONDS,
    headersTimeout: REQUEST_MILLISECONDS,
    maxHeaderSize: 8192,
    connectionsCheckingInterval: 2000,
  }
  const connections = new Set<Socket>()
  const budget = { held: 0 }
  const server = createServer(limits, (request, response) => void answer(request, response, handlers, budget))
  server.on('connection', (socket) => {
    connections.add(socket)
    socket.once('close', () => connections.delete(socket))
    const [oldest] = connections
    if (connections.size > MAX_CONNECTIONS) oldest?.destroy()
  })
  return listen(server, address, PUSH_PATH)
}

async function answer<From>(
  request: IncomingMessage,
  response: ServerResponse,
  { admit, accept }: PushHandlers<From>,
  budget: { held: number },
): Promise<void> {
  try {
    const { path, format } = readTarget(request.url ?? '')
    if (path !== PUSH_PATH) throw new PushRefusal(404, `Nothing is here; push routes to ${PUSH_PATH}.`)
    if (request.method !== 'POST') throw new PushRefusal(405, PUSH_REFUSALS.method)
    const token = bearerToken(request.headers.authorization)
    if (token === null) throw new PushRefusal(401, PUSH_REFUSALS.token)
    if (!PUSHED_FORMATS.includes(format)) throw new PushRefusal(400, PUSH_REFUSALS.unknownFormat(PUSHED_FORMATS))
    const from = admit(token)
    say(response, 200, accept({ from, format, table: await readBody(request, budget) }))
  } catch (error) {
    if (response.headersSent || response.destroyed) return
    if (!(error instanceof PushRefusal)) return say(response, 400, 'The request broke off.')
    if (error.retrySeconds !== null) response.setHeader('retry-after', String(error.retrySeconds))
    say(response, error.status, error.message)
  }
}

function readTarget(target: string): { path: string; format: string } {
  const [path = '', query = ''] = target.split('?', 2)
  return { path, format: new URLSearchParams(query).get('format') ?? '' }
}

async function readBody(request: IncomingMessage, budget: { held: number }): Promise<Uint8Array> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_PUSH_BYTES) throw tooLarge()
  const chunks: Uint8Array[] = []
  let bytes = 0
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      if (!(chunk instanceof Uint8Array)) continue
      bytes += chunk.length
      budget.held += chunk.length
      if (bytes > MAX_PUSH_BYTES) throw tooLarge()
      if (budget.held > MAX_BYTES_HELD) throw new PushRefusal(503, PUSH_REFUSALS.busy, PUSH_RETRY_SECONDS)
      chunks.push(chunk)
    }
    return Buffer.concat(chunks)
  } finally {
    budget.held -= bytes
  }
}

function tooLarge(): PushRefusal {
  return new PushRefusal(413, PUSH_REFUSALS.tooLarge)
}

function say(response: ServerResponse, status: number, text: string): void {
  const headers = {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(text) + 1,
    connection: 'close',
  }
  response.writeHead(status, headers)
  response.end(`${text}\n`)
}
