import type { IncomingMessage } from 'node:http'

/** How the client reached this server, as far as known. */
export type Origin = {
  readonly protocol: 'http' | 'https'
  /** Host name and port as in the browser's address bar. */
  readonly host: string
  /** The client's address. */
  readonly source: string
}

/** Reads where a request came from. The headers of a proxy count only if the proxy is trusted. */
export function readOrigin(request: IncomingMessage, trustProxy: boolean): Origin {
  const forwarded = (name: string) => (trustProxy ? lastOf(request.headers[name]) : null)
  return {
    protocol: forwarded('x-forwarded-proto') === 'https' ? 'https' : 'http',
    host: forwarded('x-forwarded-host') ?? request.headers.host ?? 'localhost',
    source: forwarded('x-forwarded-for') ?? request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? 'unknown',
  }
}

/** The nearest proxy appends to the list, so only the last entry can be trusted. */
function lastOf(header: string | string[] | undefined): string | null {
  return (
    String(header ?? '')
      .split(',')
      .at(-1)
      ?.trim() || null
  )
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
