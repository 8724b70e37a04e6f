import { isIPv6 } from 'node:net'

/**
 * A global address as 32 lower-case hexadecimal digits; null for any other text. Unique local addresses are global in
 * scope.
 */
export function parseSource(text: string): string | null {
  if (!isIPv6(text) || text.includes('%')) return null
  // The URL parser writes the address without an IPv4 tail and with at most one `::`.
  const [head = '', tail] = new URL(`http://[${text}]`).hostname.slice(1, -1).split('::')
  const before = head.split(':').filter((group) => group !== '')
  const after = (tail ?? '').split(':').filter((group) => group !== '')
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0')
  const address = [...before, ...zeros, ...after].map((group) => group.padStart(4, '0')).join('')
  return isGlobal(address) ? address : null
}

/** Whether an address of 32 hexadecimal digits is a global unicast (2000::/3) or a unique local address (fc00::/7). */
export function isGlobal(address: string): boolean {
  return /^([23]|f[cd])/.test(address)
}

/** Whether the first `prefixLength` bits of two addresses are the same. */
export function sharesPrefix(one: string, other: string, prefixLength: number): boolean {
  const shift = BigInt(128 - prefixLength)
  return BigInt(`0x${one}`) >> shift === BigInt(`0x${other}`) >> shift
}
