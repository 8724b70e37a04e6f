import { connect, createServer, type NetConnectOpts, type Socket } from 'node:net'

/** A proxy to PostgreSQL that can be cut like a lost machine. `url` names the same database through the proxy. */
export async function openProxy(databaseUrl: string) {
  const direct = new URL(databaseUrl)
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(addressOf(direct))
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
    }
    near.pipe(far).pipe(near)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy does not listen')
  const { username, password, pathname } = direct
  return {
    url: `postgresql://${username}:${password}@127.0.0.1:${address.port}${pathname}`,
    cut() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** A folder in `host` holds a Unix socket. */
function addressOf(url: URL): NetConnectOpts {
  const folder = url.searchParams.get('host')
  const port = Number(url.port || 5432)
  return folder ? { path: `${folder}/.s.PGSQL.${port}` } : { host: url.hostname, port }
}
