import { existsSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'
import next from 'next'

const dir = fileURLToPath(new URL('../..', import.meta.url))

/** Renders pages and serves their scripts. */
export type Pages = {
  readonly answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>
  readonly close: () => Promise<void>
}

/** Prepares Next. Throws one sentence if the pages are not built. */
export async function createPages(httpServer: Server, dev: boolean): Promise<Pages> {
  if (!dev && !existsSync(`${dir}.next/BUILD_ID`)) {
    throw new Error('The pages are not built; run "npm run build -w @slashzero/web" first.')
  }
  // Next takes the web sockets of the given server. Only development needs web sockets, so production gets a server
  // that never listens.
  const app = next({ dev, dir, httpServer: dev ? httpServer : createServer() })
  await app.prepare()
  const answer = app.getRequestHandler()
  return { answer: (request, response) => answer(request, response), close: () => app.close() }
}
