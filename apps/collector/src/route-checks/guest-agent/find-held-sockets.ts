import { readFile } from 'node:fs/promises'

/**
 * The paths of unix sockets to which a client in this network namespace is connected. QEMU accepts one client at a
 * time, so that a further one would wait for good; it is not even tried. Empty where the list cannot be read.
 */
export async function findHeldSockets(): Promise<ReadonlySet<string>> {
  // Read by a thread of the pool, which stays at home while a look at another namespace takes the main thread there;
  // `/proc/net` is the main thread's.
  return parseHeldSockets(await readFile('/proc/thread-self/net/unix', 'utf8').catch(() => ''))
}

/** Reads `/proc/net/unix` (net/unix/af_unix.c, unix_seq_show): the server's ends of accepted connections (state 03) by path. */
function parseHeldSockets(text: string): Set<string> {
  const held = new Set<string>()
  for (const line of text.split('\n')) {
    const path = /^[0-9a-f]+: [0-9A-F]+ [0-9A-F]+ [0-9A-F]+ [0-9A-F]+ 03 +\d+ (\/.*)$/.exec(line)?.[1]
    if (path !== undefined) held.add(path)
  }
  return held
}
