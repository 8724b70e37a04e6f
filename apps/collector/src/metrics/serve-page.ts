import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { listen } from '../listen.ts'
import type { ListenAddress } from '../listen-address.ts'
import { chooseFormat, CONTENT_TYPES } from './choose-format.ts'
import type { Format } from './render-families.ts'

/**
 * Serves the page at `/metrics` on this address. The server does not keep the process running. Rejects if it cannot
 * listen. Ends the connection of a client that is slow or sends too much.
 */
export async function servePage(
  address: ListenAddress,
  page: (format: Format) => string,
): Promise<{ url: string; close: () => void }> {
  const limits = {
    requestTimeout: 5000,
    headersTimeout: 5000,
    keepAliveTimeout: 65_000,
    maxHeaderSize: 8192,
    connectionsCheckingInterval: 5000,
  }
  const server = createServer(limits, (request, response) => answer(request, response, page))
  server.maxConnections = 32
  return listen(server, address, '/metrics')
}

function answer(request: IncomingMessage, response: ServerResponse, page: (format: Format) => string): void {
  const path = request.url?.split('?', 1)[0]
  if (path !== '/metrics') return say(response, 404, 'text/plain; charset=utf-8', 'The metrics are at /metrics\n')
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD')
    return say(response, 405, 'text/plain; charset=utf-8', 'The metrics can only be read\n')
  }
  const format = chooseFormat(request.headers.accept)
  response.setHeader('vary', 'accept')
  return say(response, 200, CONTENT_TYPES[format], page(format))
}

function say(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) })
  response.end(text)
}
