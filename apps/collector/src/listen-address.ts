import { isIP } from 'node:net'

export type ListenAddress = { readonly host: string; readonly port: number }

/**
 * Reads `127.0.0.1:9469`, `[::1]:9469`, or only a port, which means loopback, so that nobody shows metrics to a network
 * by mistake. Port 0 means any free port. Null for any other text.
 */
export function parseListenAddress(text: string): ListenAddress | null {
  const parts = /^(?:(?<name>[^[\]:]+|\[[^[\]]+\]):)?(?<port>\d{1,5})$/.exec(text)?.groups
  if (parts === undefined) return null
  const { name = '127.0.0.1' } = parts
  const host = name.replace(/^\[|\]$/g, '')
  const port = Number(parts['port'])
  const known = name.startsWith('[') ? isIP(host) === 6 : isIP(host) === 4 || host === 'localhost'
  return known && port <= 65_535 ? { host, port } : null
}

/** The address as part of a URL. */
export function showListenAddress({ host, port }: ListenAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
