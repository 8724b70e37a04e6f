import { lineAt, ShapeError } from '../text/shape-error.ts'

/** What one interface has counted since it was made; the counters die with it. */
export type InterfaceCounters = {
  ifindex: number
  /** Messages; null where the count is beyond 2^53 - 1 and named in `beyondRange`. */
  routerSolicitsIn: number | null
  routerAdvertsIn: number | null
  routerAdvertsOut: number | null
  beyondRange: string[]
}

/**
 * Parses `/proc/net/dev_snmp6/INTERFACE` (net/ipv6/proc.c, snmp6_dev_seq_show): one key and one unsigned
 * decimal a line, the interface's own ICMPv6 message counts. The keys read here are printed even at 0, so a
 * missing one is an error, never 0. Throws ShapeError.
 */
export function parseDevSnmp6(text: string, file = '/proc/net/dev_snmp6/*'): InterfaceCounters {
  // All of some 80 lines are looked at only for their end: hundreds of these files are read a pass.
  if (!text.endsWith('\n')) throw new ShapeError(file, lineAt(text, text.length), 'a final newline', text.slice(-40))
  const beyondRange: string[] = []
  const counter = (key: string): number | null => {
    const count = valueOf(text, key, file)
    if (Number.isSafeInteger(count)) return count
    beyondRange.push(key)
    return null
  }
  return {
    ifindex: valueOf(text, 'ifIndex', file),
    routerSolicitsIn: counter('Icmp6InRouterSolicits'),
    routerAdvertsIn: counter('Icmp6InRouterAdvertisements'),
    routerAdvertsOut: counter('Icmp6OutRouterAdvertisements'),
    beyondRange,
  }
}

function valueOf(text: string, key: string, file: string): number {
  const start = text.startsWith(key) ? 0 : text.indexOf(`\n${key}`) + 1
  if (start === 0 && !text.startsWith(key)) throw new ShapeError(file, lineAt(text, text.length) - 1, `a line ${key}`, 'the end')
  const line = text.slice(start, text.indexOf('\n', start))
  const value = /^\S+[ \t]+(\d{1,20})$/.exec(line)?.[1]
  if (value === undefined) throw new ShapeError(file, lineAt(text, start), `${key} and an unsigned number`, line)
  return Number(value)
}
