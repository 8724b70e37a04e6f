import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { appRouter, type ApiContext } from '@slashzero/api'
import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import { incomingMessageToRequest } from '@trpc/server/adapters/node-http'
import { writeAnswer } from '../http/write-answer.ts'

const MAX_BODY_BYTES = 64 * 1024
/** As many as the pages ask at once, see connection/connect.ts. */
const MAX_BATCH = 20
/** A stream whose reader takes nothing for this time ends. A ping goes out every 15 seconds. */
const MAX_STALL_MILLISECONDS = 60_000

/** Answers `/trpc`: the procedures in the path, or a stream of changes. Resolves after the answer is written. */
export async function answerTrpc(
  request: IncomingMessage,
  response: ServerResponse,
  { context }: { readonly context: ApiContext },
): Promise<void> {
  const answer = await fetchRequestHandler({
    req: incomingMessageToRequest(request, response, { maxBodySize: MAX_BODY_BYTES }),
    endpoint: '/trpc',
    router: appRouter,
    createContext: () => context,
    maxBatchSize: MAX_BATCH,
  })
  const headers = { ...Object.fromEntries(answer.headers), 'cache-control': 'no-store' }
  if (answer.body === null || answer.headers.get('content-type')?.startsWith('application/json') === true) {
    const { 'transfer-encoding': _whole, ...own } = headers as Record<string, string>
    return writeAnswer(response, { status: answer.status, headers: own, body: await answer.text() }, request.method)
  }
  response.setTimeout(MAX_STALL_MILLISECONDS, () => response.destroy())
  response.writeHead(answer.status, headers)
  await pipeline(Readable.from(answer.body, { objectMode: false }), response)
}
