import { lineAt, ShapeError } from '../text/shape-error.ts'

/** The counters of one interface since it was made. The kernel drops the counters with the interface. */
export type InterfaceCounters = {
  ifindex: number
  /** Messages; null if the count is above 2^53 - 1 and therefore listed in `beyondRange`. */
  routerSolicitsIn: number | null
  routerAdvertsIn: number | null
  routerAdvertsOut: number | null
  beyondRange: string[]
}

/**
 * Parses `/proc/net/dev_snmp6/INTERFACE` (net/ipv6/proc.c, snmp6_dev_seq_show): a key and an unsigned decimal per line,
 * the interface's own ICMPv6 messages. The kernel prints 0 too, so a missing key throws ShapeError.
 */
export function parseDevSnmp6(text: string, file = '/proc/net/dev_snmp6/*'): InterfaceCounters {
  // A pass reads hundreds of these files of some 80 lines, so only the end of the other lines is looked at.
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

/**
 * Parses `/proc/net/snmp6` (net/ipv6/proc.c, snmp6_seq_show), which has the same form, for the Router Solicitations
 * that all interfaces of the network namespace received. Throws ShapeError.
 */
export function parseSolicitsIn(text: string, file = '/proc/net/snmp6'): number {
  return valueOf(text, 'Icmp6InRouterSolicits', file)
}

/** The number on the line of `key`. Regular expressions would cost as much as the kernel's own part of a pass. */
function valueOf(text: string, key: string, file: string): number {
  const newline = text.startsWith(key) ? -1 : text.indexOf(`\n${key}`)
  if (newline === -1 && !text.startsWith(key))
    throw new ShapeError(file, lineAt(text, text.length), `a line ${key}`, 'none')
  const end = text.indexOf('\n', newline + 1)
  let at = newline + 1 + key.length
  while (text.charCodeAt(at) === SPACE || text.charCodeAt(at) === TAB) at += 1
  const first = at
  let value = 0
  for (; at < end && isDigit(text.charCodeAt(at)); at += 1) value = value * 10 + text.charCodeAt(at) - ZERO
  if (at === first || at !== end || at - first > LONGEST || first === newline + 1 + key.length) {
    throw new ShapeError(file, lineAt(text, end), `${key} and an unsigned number`, text.slice(newline + 1, end))
  }
  return value
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= ZERO + 9
}

const TAB = 9
const SPACE = 32
const ZERO = 48
/** The number of digits of 2^64 - 1. */
const LONGEST = 20
