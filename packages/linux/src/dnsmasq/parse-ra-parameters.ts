import { ShapeError } from '../text/shape-error.ts'
import type { DnsmasqOption } from './read-options.ts'

export type RaParameters = {
  /** A name, with or without a wildcard. */
  interfaces: string
  intervalSeconds: number
  /** 0 means: not a default router. */
  lifetimeSeconds: number
}

/**
 * Parses `ra-param=INTERFACE,[mtu:…,][high|low,]INTERVAL[,LIFETIME]` with dnsmasq's bounds (calc_interval and
 * calc_lifetime in radv.c of 2.90). Returns null if nothing follows the interface: dnsmasq ignores such a line. Throws
 * ShapeError.
 */
export function parseRaParameters({ value, file, line }: DnsmasqOption): RaParameters | null {
  const [interfaces = '', ...words] = (value ?? '').split(',').map((word) => word.trim())
  if (words.length === 0) return null
  if (/^mtu:/i.test(words[0] ?? '')) words.shift()
  if (/^(high|low)/i.test(words[0] ?? '')) words.shift()
  const [interval, lifetime, ...rest] = words
  if (
    interval === undefined ||
    ![interval, lifetime ?? '', ...rest].every((word) => /^\d*$/.test(word)) ||
    rest.length > 0
  ) {
    throw new ShapeError(file, line, 'ra-param=INTERFACE,[mtu:MTU,][high|low,]INTERVAL[,LIFETIME]', value ?? '')
  }
  const intervalSeconds = Number(interval) === 0 ? 600 : Math.min(1800, Math.max(4, Number(interval)))
  return { interfaces, intervalSeconds, lifetimeSeconds: boundLifetime(lifetime, intervalSeconds) }
}

function boundLifetime(lifetime: string | undefined, interval: number): number {
  if (lifetime === undefined) return 3 * interval
  return Number(lifetime) === 0 ? 0 : Math.max(interval, Math.min(9000, Number(lifetime)))
}
