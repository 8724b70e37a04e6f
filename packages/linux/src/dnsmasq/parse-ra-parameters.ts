import { toInteger } from './to-integer.ts'
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
 * Parses `ra-param=INTERFACE,[mtu:…,][high|low,]INTERVAL[,LIFETIME]` within dnsmasq's bounds (calc_interval,
 * calc_lifetime, radv.c of 2.90). Null if nothing follows the interface: dnsmasq ignores that. Throws ShapeError.
 */
export function parseRaParameters({ value, values, file, line }: DnsmasqOption): RaParameters | null {
  const [interfaces = '', ...words] = values
  if (words.length === 0) return null
  const mtu = /^mtu:/i.test(words[0] ?? '') ? words.shift()?.slice(4) : undefined
  const isSmall = mtu !== undefined && /^\d*$/.test(mtu) && toInteger(mtu) < 1280
  if (/^(high|low)/i.test(words[0] ?? '')) words.shift()
  const [interval, lifetime, ...rest] = words
  if (
    isSmall ||
    interval === undefined ||
    ![interval, lifetime ?? '', ...rest].every((word) => /^\d*$/.test(word)) ||
    rest.length > 0
  ) {
    throw new ShapeError(file, line, 'ra-param=INTERFACE,[mtu:MTU,][high|low,]INTERVAL[,LIFETIME]', value ?? '')
  }
  const given = toInteger(interval)
  const intervalSeconds = given === 0 ? 600 : Math.min(1800, Math.max(4, given))
  return { interfaces, intervalSeconds, lifetimeSeconds: boundLifetime(lifetime, intervalSeconds) }
}

function boundLifetime(lifetime: string | undefined, interval: number): number {
  const given = lifetime === undefined ? -1 : toInteger(lifetime)
  // dnsmasq takes -1 for a lifetime that is not given.
  if (given === -1) return 3 * interval
  return given === 0 ? 0 : Math.max(interval, Math.min(9000, given))
}
