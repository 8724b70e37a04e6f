import type { IncomingMessage } from 'node:http'
import { countProxies, type TrustProxy } from './trust-proxy.ts'

/** How the client reached this server, as far as known. */
export type Origin = {
  readonly protocol: 'http' | 'https'
  /** Host name and port as in the browser's address bar. */
  readonly host: string
  /** The client's address. */
  readonly source: string
}

/** Reads where a request came from. The headers of a proxy count only if the proxy is trusted. */
export function readOrigin(request: IncomingMessage, trust: TrustProxy): Origin {
  const peer = request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? 'unknown'
  const chain = [peer, ...entriesOf(request.headers['x-forwarded-for']).toReversed()]
  const proxies = countProxies(trust, chain)
  const forwarded = (name: string) => {
    const entries = entriesOf(request.headers[name])
    return proxies === 0 ? undefined : entries.at(-Math.min(proxies, entries.length))
  }
  return {
    protocol: forwarded('x-forwarded-proto') === 'https' ? 'https' : 'http',
    host: forwarded('x-forwarded-host') ?? request.headers.host ?? 'localhost',
    source: chain[Math.min(proxies, chain.length - 1)] ?? peer,
  }
}

/** Each proxy appends to the list, so the entries of trusted proxies come last. */
function entriesOf(header: string | string[] | undefined): string[] {
  return String(header ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
}

/**
 * Whether a request comes from a page of this server. Browsers send Origin with every POST; a request with neither
 * header comes from a program, which has no cookie that another site could misuse.
 */
export function isSameOrigin(request: IncomingMessage, { host }: Origin): boolean {
  const { origin } = request.headers
  if (origin !== undefined) return URL.canParse(origin) && new URL(origin).host === canonicalHost(host, origin)
  const site = request.headers['sec-fetch-site']
  return site === undefined || site === 'same-origin' || site === 'none'
}

/** Host may contain a default port; Origin never does. */
function canonicalHost(host: string, origin: string): string | null {
  const address = `${new URL(origin).protocol}//${host}`
  return URL.canParse(address) ? new URL(address).host : null
}
