import { BlockList, isIP } from 'node:net'

/** The proxies whose headers count: so many before this server, or those with an address in these networks. */
export type TrustProxy = { readonly hops: number } | { readonly networks: BlockList }

const WORDS: Readonly<Record<string, number>> = { false: 0, no: 0, off: 0, true: 1, yes: 1, on: 1 }

/**
 * Reads `false`, `true` (one proxy), a number of proxies, or a list of addresses and networks. Null for other texts.
 */
export function parseTrustProxy(text: string): TrustProxy | null {
  const hops = WORDS[text.trim().toLowerCase()] ?? (/^\s*\d\s*$/.test(text) ? Number(text) : null)
  if (hops !== null) return { hops }
  const networks = new BlockList()
  return text.split(',').every((entry) => add(networks, entry.trim())) ? { networks } : null
}

function add(networks: BlockList, entry: string): boolean {
  const [address = '', length, ...rest] = entry.split('/')
  const version = isIP(address)
  if (version === 0 || rest.length > 0) return false
  const family = version === 4 ? 'ipv4' : 'ipv6'
  if (length === undefined) networks.addAddress(address, family)
  else if (/^\d{1,3}$/.test(length) && Number(length) <= (version === 4 ? 32 : 128))
    networks.addSubnet(address, Number(length), family)
  else return false
  return true
}

/**
 * How many addresses of `chain`, which begins with the peer, are trusted proxies. The client's own address is the next.
 */
export function countProxies(trust: TrustProxy, chain: readonly string[]): number {
  if ('hops' in trust) return trust.hops
  const { networks } = trust
  const first = chain.findIndex((address) => !networks.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4'))
  return first === -1 ? chain.length : first
}
