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

/**
 * The Router Solicitations that all interfaces of a network namespace have received, of `/proc/net/snmp6` (net/ipv6/proc.c,
 * snmp6_seq_show), which has lines like those above. Throws ShapeError.
 */
export function parseSolicitsIn(text: string, file = '/proc/net/snmp6'): number {
  return valueOf(text, 'Icmp6InRouterSolicits', file)
}

/** The number on the line of `key`, read by hand: patterns would cost a pass as much as the kernel's own part. */
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
/** Digits of 2^64 - 1. */
const LONGEST = 20
