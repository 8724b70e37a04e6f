import { once } from 'node:events'
import type { Server } from 'node:http'
import { type ListenAddress, showListenAddress } from './listen-address.ts'

/**
 * Listens at the address without keeping the process running. Out: the URL of `path`, and `close`, which ends every
 * connection too. Rejects if the server cannot listen.
 */
export async function listen(server: Server, address: ListenAddress, path: string) {
  server.unref()
  server.listen(address)
  await once(server, 'listening')
  // Without a free descriptor the server cannot accept a client, and the collector goes on.
  server.on('error', () => undefined)
  const bound = server.address()
  const port = typeof bound === 'object' && bound !== null ? bound.port : address.port
  return {
    url: `http://${showListenAddress({ ...address, port })}${path}`,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
