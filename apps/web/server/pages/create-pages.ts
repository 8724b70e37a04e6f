import { existsSync } from 'node:fs'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'
import next from 'next'

const dir = fileURLToPath(new URL('../..', import.meta.url))

/** What renders pages and gives out their scripts. */
export type Pages = {
  readonly answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => Promise<void>
  readonly close: () => Promise<void>
}

/** Prepares Next. Throws one sentence where the pages have not been built. */
export async function createPages(httpServer: Server, dev: boolean): Promise<Pages> {
  if (!dev && !existsSync(`${dir}.next/BUILD_ID`)) {
    throw new Error('The pages are not built; run "npm run build -w @slashzero/web" first.')
  }
  const app = next({ dev, dir, httpServer })
  await app.prepare()
  const answer = app.getRequestHandler()
  return { answer: (request, response) => answer(request, response), upgrade: app.getUpgradeHandler(), close: () => app.close() }
}
