import { ShapeError } from '../text/shape-error.ts'
import { IPPROTO_ICMPV6, NDISC_ROUTER_ADVERTISEMENT } from '../uapi.ts'

/** How a router ranks among others (RFC 4191, 2.1). */
export type RouterPreference = 'high' | 'medium' | 'low'

/** Addresses are 32 hexadecimal digits; lifetimes are in seconds, null if they do not end. */
export type RouterAdvertisement = {
  /** The router's link-local address. */
  source: string
  destination: string
  /** The hop limit that hosts should use; 0 if the router gives none. */
  hopLimit: number
  /** DHCPv6 offers addresses (M) or other configuration (O). */
  managed: boolean
  otherConfiguration: boolean
  preference: RouterPreference
  /** 0 means: not a default router. */
  routerLifetimeSeconds: number
  /** 0 if the router gives none. */
  reachableMilliseconds: number
  retransmitMilliseconds: number
  /** As `02:00:00:00:00:01`; null if the router does not give it. */
  sourceLinkAddress: string | null
  mtu: number | null
  prefixes: AdvertisedPrefix[]
  routes: AdvertisedRoute[]
}

export type AdvertisedPrefix = {
  prefix: string
  length: number
  onLink: boolean
  autonomous: boolean
  validLifetimeSeconds: number | null
  preferredLifetimeSeconds: number | null
}

export type AdvertisedRoute = {
  prefix: string
  length: number
  preference: RouterPreference
  lifetimeSeconds: number | null
}

/**
 * Parses an IPv6 packet that is a Router Advertisement (RFC 4861, 4.2 and 4.6; RFC 4191, 2). Throws ShapeError if hosts
 * discard it (RFC 4861, 6.1.2), and for extension headers, which fool guards (RFC 7113).
 */
export function parseRouterAdvertisement(packet: Uint8Array, name = 'router advertisement'): RouterAdvertisement {
  const refuse = (at: number, expected: string, found: string): never => {
    throw new ShapeError(name, at, expected, found)
  }
  if (packet.length < IPV6 + FIXED) refuse(0, `${IPV6 + FIXED} bytes or more`, `${packet.length} bytes`)
  const data = new DataView(packet.buffer, packet.byteOffset, packet.byteLength)
  const length = data.getUint16(4)
  const end = IPV6 + length
  if (data.getUint8(0) >> 4 !== 6) refuse(0, 'IP version 6', String(data.getUint8(0) >> 4))
  if (length < FIXED || end > packet.length)
    refuse(4, `a payload of ${FIXED} to ${packet.length - IPV6} bytes`, `${length} bytes`)
  if (data.getUint8(6) !== IPPROTO_ICMPV6) refuse(6, 'ICMPv6 as the next header', String(data.getUint8(6)))
  if (data.getUint8(7) !== 255) refuse(7, 'hop limit 255', String(data.getUint8(7)))
  const source = hex(packet, 8, 16)
  if (!/^fe[89ab]/.test(source)) refuse(8, 'a link-local source', source)
  if (data.getUint16(IPV6) !== NDISC_ROUTER_ADVERTISEMENT << 8) refuse(IPV6, 'type 134, code 0', hex(packet, IPV6, 2))
  if (sum(data, end) !== 0xffff) refuse(IPV6 + 2, 'a checksum that fits', hex(packet, IPV6 + 2, 2))

  const flags = data.getUint8(IPV6 + 5)
  const routerLifetimeSeconds = data.getUint16(IPV6 + 6)
  const advertisement: RouterAdvertisement = {
    source,
    destination: hex(packet, 24, 16),
    hopLimit: data.getUint8(IPV6 + 4),
    managed: (flags & 0x80) !== 0,
    otherConfiguration: (flags & 0x40) !== 0,
    preference: routerLifetimeSeconds === 0 ? 'medium' : readPreference(flags),
    routerLifetimeSeconds,
    reachableMilliseconds: data.getUint32(IPV6 + 8),
    retransmitMilliseconds: data.getUint32(IPV6 + 12),
    sourceLinkAddress: null,
    mtu: null,
    prefixes: [],
    routes: [],
  }
  for (let at = IPV6 + FIXED; at < end;) {
    const size = end - at < 2 ? 0 : data.getUint8(at + 1) * 8
    if (size === 0 || at + size > end) refuse(at, 'an option within the packet', `${size} of ${end - at} bytes`)
    readOption(advertisement, packet.subarray(at, at + size))
    at += size
  }
  return advertisement
}

/** Hosts skip an option whose size is wrong for its type, and so does this parser. */
function readOption(advertisement: RouterAdvertisement, option: Uint8Array): void {
  const data = new DataView(option.buffer, option.byteOffset, option.byteLength)
  switch (data.getUint8(0)) {
    case SOURCE_LINK_ADDRESS:
      if (option.length === 8) advertisement.sourceLinkAddress = (hex(option, 2, 6).match(/../g) ?? []).join(':')
      return
    case MTU:
      if (option.length === 8) advertisement.mtu = data.getUint32(4)
      return
    case PREFIX_INFORMATION:
      if (option.length !== 32 || data.getUint8(2) > 128) return
      advertisement.prefixes.push({
        prefix: hex(option, 16, 16),
        length: data.getUint8(2),
        onLink: (data.getUint8(3) & 0x80) !== 0,
        autonomous: (data.getUint8(3) & 0x40) !== 0,
        validLifetimeSeconds: readLifetime(data.getUint32(4)),
        preferredLifetimeSeconds: readLifetime(data.getUint32(8)),
      })
      return
    case ROUTE_INFORMATION: {
      const [length, flags] = [data.getUint8(2), data.getUint8(3)]
      // The option carries only as many bytes of the prefix as its length needs. A reserved preference voids it (RFC
      // 4191, 2.3).
      if (
        length > 128 ||
        option.length < 8 + Math.ceil(length / 64) * 8 ||
        option.length > 24 ||
        (flags & 0x18) === 0x10
      )
        return
      const prefix = hex(option, 8, option.length - 8).padEnd(32, '0')
      advertisement.routes.push({
        prefix,
        length,
        preference: readPreference(flags),
        lifetimeSeconds: readLifetime(data.getUint32(4)),
      })
    }
  }
}

const IPV6 = 40
const FIXED = 16
const SOURCE_LINK_ADDRESS = 1
const PREFIX_INFORMATION = 3
const MTU = 5
const ROUTE_INFORMATION = 24

/** Two bits, signed; the reserved value counts as medium (RFC 4191, 2.2). */
function readPreference(flags: number): RouterPreference {
  const bits = (flags >> 3) & 3
  return bits === 1 ? 'high' : bits === 3 ? 'low' : 'medium'
}

function readLifetime(seconds: number): number | null {
  return seconds === 0xffff_ffff ? null : seconds
}

/** The ones' complement sum of pseudo-header and message: 0xffff if the checksum is correct (RFC 8200, 8.1). */
function sum(data: DataView, end: number): number {
  let total = end - IPV6 + IPPROTO_ICMPV6
  for (let at = 8; at + 1 < end; at += 2) total += data.getUint16(at)
  if (end % 2 === 1) total += data.getUint8(end - 1) << 8
  while (total > 0xffff) total = (total & 0xffff) + Math.floor(total / 0x10000)
  return total
}

function hex(bytes: Uint8Array, start: number, length: number): string {
  return Array.from(bytes.subarray(start, start + length), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
