import { closeSync, openSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { pipeline } from 'node:stream'
import { CLONE_NEWNET } from '@slashzero/linux/uapi'
import type { Cell } from '../cell/start.ts'
import { call } from '../kernel/call.ts'

/**
 * Listens inside a cell on the server's port and forwards each connection to the server. The collector's URL is
 * therefore the same as outside, and the cell needs no interface to this machine. Ends with this process or the cell.
 */
export function forward(cell: Cell, server: URL): void {
  if (!LOOPBACK.has(server.hostname)) {
    throw new Error(
      `The lab reports to a server on this machine only, such as http://127.0.0.1:3000, not to ${server.origin}.`,
    )
  }
  const port = Number(server.port || (server.protocol === 'https:' ? 443 : 80))
  const host = server.hostname.replace(/[[\]]/g, '')
  const listener = createServer((inside) => {
    pipeline(inside, connect(port, host), inside, () => {})
  })
  listener.unref()
  inNamespace(cell, () => listener.listen(port))
}

/** A socket belongs to the namespace in which it was made. `listen` without a host name makes it before it returns. */
function inNamespace(cell: Cell, act: () => void): void {
  const home = openSync('/proc/thread-self/ns/net', 'r')
  const inside = openSync(`/proc/${cell.pid}/ns/net`, 'r')
  try {
    call('setns', inside, CLONE_NEWNET)
    act()
  } finally {
    call('setns', home, CLONE_NEWNET)
    closeSync(home)
    closeSync(inside)
  }
}

const LOOPBACK = new Set(['127.0.0.1', '[::1]'])
