import { readFile } from 'node:fs/promises'

/**
 * The paths of unix sockets that a client in this network namespace is connected to. QEMU accepts one client at a time,
 * and a second client would wait forever. Empty if the list cannot be read.
 */
export async function findHeldSockets(): Promise<ReadonlySet<string>> {
  // `/proc/net` belongs to the main thread, which may be in another namespace. A thread of the pool reads its own
  // table.
  return parseHeldSockets(await readFile('/proc/thread-self/net/unix', 'utf8').catch(() => ''))
}

/** Parses `/proc/net/unix` (net/unix/af_unix.c, unix_seq_show): paths of the server ends of connections (state 03). */
function parseHeldSockets(text: string): Set<string> {
  const held = new Set<string>()
  for (const line of text.split('\n')) {
    const path = /^[0-9a-f]+: [0-9A-F]+ [0-9A-F]+ [0-9A-F]+ [0-9A-F]+ 03 +\d+ (\/.*)$/.exec(line)?.[1]
    if (path !== undefined) held.add(path)
  }
  return held
}
