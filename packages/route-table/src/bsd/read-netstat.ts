import { decideDefaultRoute, describeLine } from '../default-route.ts'
import type { Candidate, DefaultRoute } from '../default-route.ts'
import { isPrefix, readAddress } from '../read-address.ts'

type Columns = { flags: number; interfaceName: number; expire: number | null; openbsd: boolean }

/**
 * Reads `netstat -rn -f inet6` of FreeBSD, OpenBSD and macOS (usr.bin/netstat/route.c, show.c), for the FIB it runs in.
 * Ignores routes that reject (R, B), that macOS scopes to an interface (I), and that are not up.
 */
export function readNetstat(text: string): DefaultRoute {
  const candidates: Candidate[] = []
  let columns: Columns | null = null
  let inet6 = false
  let failure: string | null = null
  let proof = false
  for (const [index, line] of text.replaceAll('\r', '').split('\n').entries()) {
    const words = line.trim().split(/\s+/)
    if (/^Internet6?:/.test(line)) inet6 = line.startsWith('Internet6')
    else if (words[0] === 'Destination') columns = readHeading(words)
    else if (inet6 && columns !== null && line.trim() !== '') {
      const row = isDestination(words[0] ?? '') ? readRow(words, columns) : null
      if (row === null) failure ??= describeLine(index, line, 'is not a route')
      // The list is sorted: only longer prefixes of `::` stand before the default route.
      proof ||= row !== null && !/^(?:default$|::\/)/.test(words[0] ?? '')
      if (row !== null && isDefault(words[0] ?? '')) candidates.push(row)
    }
  }
  return decideDefaultRoute(candidates, { proof, failure })
}

function readHeading(words: readonly string[]): Columns | null {
  const flags = words.indexOf('Flags')
  const interfaceName = words.findIndex((word) => ['Netif', 'Iface', 'Interface'].includes(word))
  const expire = words.indexOf('Expire')
  if (flags === -1 || interfaceName === -1) return null
  return { flags, interfaceName, expire: expire === -1 ? null : expire, openbsd: words.includes('Prio') }
}

function readRow(words: readonly string[], columns: Columns): Candidate | null {
  const flags = words[columns.flags]
  const interfaceName = words[columns.interfaceName]
  if (flags === undefined || interfaceName === undefined || !/^[A-Zm][A-Za-z0-9]*$/.test(flags)) return null
  const expire = columns.expire === null ? undefined : words[columns.expire]
  const expiresInSeconds = expire !== undefined && /^-?\d+$/.test(expire) ? Number(expire) : null
  const facts = {
    gateway: readAddress(words[1] ?? ''),
    interfaceName,
    expiresInSeconds,
    order: 0,
    metric: 0,
    origin: toOrigin(flags, columns),
  }
  if (/[RB]/.test(flags)) return { ...facts, state: 'rejecting', reason: 'the default route rejects every packet' }
  if (!flags.startsWith('U')) return { ...facts, state: 'unused', reason: 'the default route is not up' }
  if (flags.includes('I'))
    return { ...facts, state: 'unused', reason: `the only default route is scoped to ${interfaceName}` }
  if (expiresInSeconds !== null && expiresInSeconds <= 0) {
    return { ...facts, state: 'expired', reason: 'the route is still listed, but its lifetime has ended' }
  }
  return { ...facts, state: 'present', reason: null }
}

/** S marks static routes and not advertised ones, except on OpenBSD, where slaacd marks its own routes with S too. */
function toOrigin(flags: string, { openbsd }: Columns): DefaultRoute['origin'] {
  if (!flags.includes('S')) return 'ra'
  return openbsd ? null : 'static'
}

/** A default route, an address or a prefix. A zone precedes the slash (`fe80::%em0/64`). */
function isDestination(text: string): boolean {
  const zoneless = text.replace(/%[^/]*/, '')
  return isDefault(text) || isPrefix(zoneless) || readAddress(zoneless) !== null
}

function isDefault(destination: string): boolean {
  return destination === 'default' || destination === '::/0'
}
