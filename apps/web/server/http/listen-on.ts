import type { Server } from 'node:http'
import { codeOf } from '@slashzero/contract/report'

/**
 * Listens on a port (0: the kernel chooses); `::` falls back to 0.0.0.0 without IPv6. Out: the port. Throws an error of
 * one sentence that says what to do.
 */
export async function listenOn(server: Server, host: string, port: number): Promise<number> {
  try {
    return await tryListen(server, host, port)
  } catch (error) {
    const code = codeOf(error) ?? String(error)
    if (host === '::' && (code === 'EAFNOSUPPORT' || code === 'EADDRNOTAVAIL')) return listenOn(server, '0.0.0.0', port)
    throw new Error(sentence(code, host, port), { cause: error })
  }
}

function tryListen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, () => {
      server.off('error', reject)
      const address = server.address()
      resolve(address !== null && typeof address === 'object' ? address.port : port)
    })
  })
}

function sentence(code: string, host: string, port: number): string {
  if (code === 'EADDRINUSE')
    return `Port ${port} is in use by another program; stop the program or set PORT to another port.`
  if (code === 'EACCES') return `Port ${port} needs more rights than this user has; set PORT to a port above 1023.`
  return `The server cannot listen on ${host} port ${port} (${code}); change HOST or PORT.`
}
