import { readFile } from 'node:fs/promises'

/**
 * The paths of unix sockets with a client in this network namespace, or in those of `roots` (`/proc/PID/root` of VMs in
 * containers); empty if unreadable. QEMU accepts one client at a time, and a second would wait forever.
 */
export async function findHeldSockets(roots: readonly string[]): Promise<ReadonlySet<string>> {
  // `/proc/net` belongs to the main thread, which may be in another namespace. A thread of the pool reads its own
  // table.
  const held = parseHeldSockets(await readFile('/proc/thread-self/net/unix', 'utf8').catch(() => ''))
  for (const root of roots) {
    const table = await readFile(root.replace(/root$/, 'net/unix'), 'utf8').catch(() => '')
    for (const path of parseHeldSockets(table)) held.add(`${root}${path}`)
  }
  return held
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
