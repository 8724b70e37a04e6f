import { readNetstat } from './bsd/read-netstat.ts'
import type { DefaultRoute } from './default-route.ts'
import { readLinuxRoutes } from './linux/read-linux-routes.ts'
import { readGetNetRoute } from './windows/read-get-net-route.ts'
import { readRoutePrint } from './windows/read-route-print.ts'

const readers = new Map([
  ['linux', readLinuxRoutes],
  ['netstat', readNetstat],
  ['get-net-route', readGetNetRoute],
  ['route-print', readRoutePrint],
])

/** The formats that a guest may push, by name. */
export const PUSHED_FORMATS: readonly string[] = [...readers.keys()]

/**
 * Reads a table that a guest sent: in UTF-8, in UTF-16 with a byte order mark, or in any code page that extends ASCII,
 * because no reader looks at words. Null if the format is unknown; never throws.
 */
export function readPushedTable(format: string, bytes: Uint8Array): DefaultRoute | null {
  return readers.get(format)?.(decode(bytes)) ?? null
}

function decode(bytes: Uint8Array): string {
  const [first, second] = bytes
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('latin1').decode(bytes)
  }
}

/** The answer to the guest about its push, in one line. */
export function describePushed({ state, gateway, expiresInSeconds, reason }: DefaultRoute): string {
  const why = reason === null ? '' : `: ${reason}`
  switch (state) {
    case 'present':
      return `Taken: there is a default route${gateway === null ? '' : ` by ${gateway}`}${expiresInSeconds === null ? '' : `, for ${expiresInSeconds} s more`}.`
    case 'absent':
      return `Taken: there is no default route${why}.`
    case 'expired':
      return `Taken: there is no default route in use${why}.`
    case 'unknown':
      return `Taken, but it does not tell whether there is a default route${why}.`
    default:
      return state satisfies never
  }
}
