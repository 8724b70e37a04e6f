import { existsSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'
import next from 'next'

const dir = fileURLToPath(new URL('../..', import.meta.url))

/** What renders pages and gives out their scripts. */
export type Pages = {
  readonly answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>
  readonly close: () => Promise<void>
}

/** Prepares Next. Throws one sentence where the pages have not been built. */
export async function createPages(httpServer: Server, dev: boolean): Promise<Pages> {
  if (!dev && !existsSync(`${dir}.next/BUILD_ID`)) {
    throw new Error('The pages are not built; run "npm run build -w @slashzero/web" first.')
  }
  // Next takes the web sockets of this server for pages that are compiled as they change; otherwise there are none to
  // take, and a server that never listens keeps its hands off the real one.
  const app = next({ dev, dir, httpServer: dev ? httpServer : createServer() })
  await app.prepare()
  const answer = app.getRequestHandler()
  return { answer: (request, response) => answer(request, response), close: () => app.close() }
}
