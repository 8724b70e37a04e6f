import { toInteger } from './to-integer.ts'
import { isIpv4, parseAddress } from './parse-address.ts'
import { ShapeError } from '../text/shape-error.ts'
import type { DnsmasqOption } from './read-options.ts'

/** A range of IPv6 addresses: only what dnsmasq advertises because of the range. */
export type DnsmasqRange = {
  /**
   * `address/length`, as written; `::/64` if the prefix follows from an interface's address; null if the range is `::`
   * without `constructor:`, which fits no interface.
   */
  prefix: string | null
  /** Names the interfaces whose addresses give the prefix; null if the prefix is written. */
  template: string | null
  /** dnsmasq sends Router Advertisements for this range even without `enable-ra`. */
  autonomous: boolean
  onLink: boolean
  deprecated: boolean
  /** Null if not given, Infinity if the lease never ends. */
  leaseSeconds: number | null
}

/**
 * Parses `dhcp-range=…` (option.c of dnsmasq 2.90); null for an IPv4 range. Throws ShapeError if dnsmasq would refuse
 * the line.
 */
export function parseRange({ values: words, file, line }: DnsmasqOption): DnsmasqRange | null {
  const refuse = (expected: string, found: string): never => {
    throw new ShapeError(file, line, expected, found)
  }
  // Tags come first. A word that can be an address is not a tag.
  const first = words.findIndex((word, place) => place === words.length - 1 || /^[0-9a-f.: ]*$/i.test(word))
  if (words.slice(0, first).filter((word) => !/^(?:net|tag):/.test(word)).length > 1) refuse('one tag', words[0] ?? '')
  const [start = '', ...rest] = words.slice(first)
  if (isIpv4(start)) return null
  const from = parseAddress(start) ?? refuse('an IP address in dhcp-range', start)
  if (rest.length === 0) refuse('more than an address in dhcp-range', start)

  const range: DnsmasqRange = {
    prefix: null,
    template: null,
    autonomous: false,
    onLink: true,
    deprecated: false,
    leaseSeconds: null,
  }
  let at = 0
  for (; at < rest.length; at += 1) {
    const word = rest[at] ?? ''
    if (MODES.has(word)) range.autonomous = true
    else if (word === 'off-link') range.onLink = false
    else if (word.startsWith('constructor:')) range.template = word.slice('constructor:'.length)
    else if (word !== 'static' && !(at === 0 && parseAddress(word) !== null)) break
  }
  const length = rest[at] ?? ''
  const isLength = /^\d*$/.test(length) && at < rest.length && toInteger(length) <= 128
  if (isLength) at += 1
  const bits = isLength ? toInteger(length) : 64
  if (bits < 64 || (bits > 64 && (range.autonomous || range.template !== null))) refuse('a prefix length of 64', length)
  const to = parseAddress(rest[0] ?? '') ?? from
  const hostBits = BigInt(128 - bits)
  if (from >> hostBits !== to >> hostBits) refuse(`a range within one /${bits}`, rest[0] ?? '')
  if (range.template !== null && from >> hostBits !== 0n) refuse('a prefix of zero with constructor:', start)
  if (at < rest.length) Object.assign(range, readLease(rest.slice(at), refuse))
  if (range.template !== null) range.prefix = '::/64'
  else if (from !== 0n) range.prefix = `${start}/${bits}`
  return range
}

function readLease(
  [word = '', ...rest]: readonly string[],
  refuse: (expected: string, found: string) => never,
): Partial<DnsmasqRange> {
  const match = /^(\d*)([wdhms]?)$/i.exec(word)
  if (rest.length > 0) refuse('a mode of a dhcp-range', word)
  if (word === 'infinite') return { leaseSeconds: Infinity }
  if (word === 'deprecated') return { deprecated: true }
  if (match === null) refuse('a lease time at the end of dhcp-range', word)
  if (word === '') return {}
  const unit = UNITS[(match?.[2] ?? '').toLowerCase()] ?? 1
  return { leaseSeconds: Math.max(120, Math.imul(toInteger(match?.[1] ?? ''), unit) >>> 0) }
}

const MODES: ReadonlySet<string> = new Set(['ra-only', 'slaac', 'ra-names', 'ra-advrouter', 'ra-stateless'])
const UNITS: Readonly<Record<string, number>> = { w: 604_800, d: 86_400, h: 3600, m: 60, s: 1 }
