import type { IncomingMessage, ServerResponse } from 'node:http'
import { appRouter, type ApiContext } from '@slashzero/api'
import { nodeHTTPRequestHandler } from '@trpc/server/adapters/node-http'

const MAX_BODY_BYTES = 64 * 1024
/** As many as the pages ask at once, see connection/connect.ts. */
const MAX_BATCH = 20

/** Answers `/trpc`: the procedures in the path, or a stream of changes. Resolves after the answer is written. */
export async function answerTrpc(
  request: IncomingMessage,
  response: ServerResponse,
  { path, context }: { readonly path: string; readonly context: ApiContext },
): Promise<void> {
  response.setHeader('cache-control', 'no-store')
  await nodeHTTPRequestHandler({
    req: request,
    res: response,
    path: path.slice('/trpc/'.length),
    router: appRouter,
    createContext: () => context,
    maxBodySize: MAX_BODY_BYTES,
    maxBatchSize: MAX_BATCH,
  })
}
