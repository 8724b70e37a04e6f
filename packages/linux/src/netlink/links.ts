import { ShapeError } from '../text/shape-error.ts'
import {
  ATTRIBUTE,
  DUMP_REQUEST,
  encodeRequest,
  locateAttribute,
  locateAttributes,
  readMessages,
  readU16,
  readU32,
  readU64,
} from './read-messages.ts'
import type { NetlinkMessage } from './read-messages.ts'
import {
  AF_INET6,
  ARPHRD_ETHER,
  DEVCONF_DISABLE_IPV6,
  DEVCONF_FORWARDING,
  ICMP6_MIB_INMSGS,
  ICMP6_MIB_OUTMSGS,
  IFF_MULTICAST,
  IFF_RUNNING,
  IFF_UP,
  IFLA_AF_SPEC,
  IFLA_IFNAME,
  IFLA_INET6_CACHEINFO,
  IFLA_INET6_CONF,
  IFLA_INET6_ICMP6STATS,
  IFLA_INFO_KIND,
  IFLA_LINK,
  IFLA_LINKINFO,
  IFLA_LINK_NETNSID,
  IFLA_MASTER,
  IFLA_MTU,
  RTM_DELLINK,
  RTM_GETLINK,
  RTM_NEWLINK,
} from '../uapi.ts'

/** One network interface of the namespace. */
export type Link = {
  ifindex: number
  /** Byte text. */
  name: string
  /** The kernel module that made the interface, such as `tun`, `macvtap`, `veth`, `bridge`; null for hardware. */
  kind: string | null
  /** Carries Ethernet frames. A `tun` with Ethernet is in tap mode; a `tun` without belongs to a VPN. */
  ethernet: boolean
  /**
   * Raised and with a carrier: a tap is up only while a process has it open. Daemons join no other interface (radvd,
   * check_device).
   */
  up: boolean
  /** Can send to groups; `lo` cannot. */
  multicast: boolean
  /** ifindex of the bridge, bond or switch that has this interface as a port. */
  master: number | null
  /** For a VLAN, the ifindex of the interface that carries the VLAN, in the same namespace; otherwise null. */
  vlanOf: number | null
  /** In bytes; null if the kernel does not say. */
  mtu: number | null
  /** `conf/INTERFACE/forwarding`; null if the interface has no IPv6. */
  forwarding: boolean | null
  /** `conf/INTERFACE/disable_ipv6`; null if the interface has no IPv6. */
  ipv6Disabled: boolean | null
}

/**
 * Changes if an interface sends or receives an ICMPv6 message, or is another interface: when it got IPv6 or its last
 * address, in 1/100 s of the kernel's clock, and its ICMPv6 messages.
 */
export type IcmpMark = { since: number; messagesIn: number; messagesOut: number }

/** What lasts of an interface, and its mark, which is null without IPv6. */
export type LinkState = { link: Link; mark: IcmpMark | null }

/** A request to rtnetlink for all interfaces (rtnetlink(7), RTM_GETLINK). */
export function encodeLinkRequest(sequence: number): Uint8Array {
  return encodeRequest(RTM_GETLINK, DUMP_REQUEST, sequence, new Uint8Array(IFINFOMSG))
}

/**
 * Parses RTM_NEWLINK (net/core/rtnetlink.c, rtnl_fill_ifinfo; rtnetlink(7)). What is equal in `known` comes back as
 * the same object, so that a dump of unchanged interfaces keeps no memory. Throws ShapeError.
 */
export function parseLink(
  message: NetlinkMessage,
  source = 'RTM_GETLINK',
  known?: ReadonlyMap<number, LinkState>,
): LinkState {
  const { payload } = message
  if (message.type !== RTM_NEWLINK || payload.length < IFINFOMSG) {
    throw new ShapeError(source, 0, 'RTM_NEWLINK', `a message of type ${message.type} and ${payload.length} bytes`)
  }
  const before = known?.get(readU32(payload, 4))
  locateAttributes(payload, IFINFOMSG, payload.length, outer, source)
  locateWithin(payload, placeOf(outer, IFLA_AF_SPEC), AF_INET6, inet6, source)
  const link = readLink(payload, before?.link, source)
  const mark = readMark(payload, before?.mark ?? null)
  if (before === undefined || !isEqual(before.link, link)) return { link, mark }
  return before.mark === mark ? before : { link: before.link, mark }
}

function readLink(payload: Uint8Array, known: Link | undefined, source: string): Link {
  const name = placeOf(outer, IFLA_IFNAME)
  if (name === -1) throw new ShapeError(source, IFINFOMSG, 'an interface name', 'none')
  const flags = readU32(payload, 8)
  const kind = readKind(payload, placeOf(outer, IFLA_LINKINFO), known?.kind, source)
  return {
    ifindex: readU32(payload, 4),
    name: readText(payload, name, known?.name),
    kind,
    ethernet: readU16(payload, 2) === ARPHRD_ETHER,
    up: (flags & IFF_UP) !== 0 && (flags & IFF_RUNNING) !== 0,
    multicast: (flags & IFF_MULTICAST) !== 0,
    master: readWord(payload, placeOf(outer, IFLA_MASTER)),
    mtu: readWord(payload, placeOf(outer, IFLA_MTU)),
    vlanOf:
      kind === 'vlan' && placeOf(outer, IFLA_LINK_NETNSID) === -1 ? readWord(payload, placeOf(outer, IFLA_LINK)) : null,
    forwarding: readFlag(payload, DEVCONF_FORWARDING),
    ipv6Disabled: readFlag(payload, DEVCONF_DISABLE_IPV6),
  }
}

/** An interface that came, changed or went, as the kernel announces it to RTMGRP_LINK (rtnetlink(7)). */
export type LinkEvent = { event: 'changed' | 'gone' } & Pick<Link, 'ifindex' | 'kind' | 'ethernet'>

/**
 * Parses one datagram of announcements to RTMGRP_LINK (rtnetlink(7)). Skips other kinds of message. Throws ShapeError.
 */
export function parseLinkEvents(bytes: Uint8Array, source = 'RTMGRP_LINK'): LinkEvent[] {
  return readMessages(bytes, source)
    .filter((message) => message.type === RTM_NEWLINK || message.type === RTM_DELLINK)
    .map(({ type, payload }) => {
      if (payload.length < IFINFOMSG) throw new ShapeError(source, 0, 'an ifinfomsg', `${payload.length} bytes`)
      const event = type === RTM_DELLINK ? 'gone' : 'changed'
      const info = locateAttribute(payload, IFINFOMSG, payload.length, IFLA_LINKINFO, source)
      const kind = readKind(payload, info, undefined, source)
      return { event, ifindex: readU32(payload, 4), kind, ethernet: readU16(payload, 2) === ARPHRD_ETHER }
    })
}

// The starts of the attributes of the message under way; a host has thousands of interfaces with some sixty attributes.
const outer = new Int32Array(IFLA_LINK_NETNSID + 1)
const inet6 = new Int32Array(IFLA_INET6_ICMP6STATS + 1)

function placeOf(places: Int32Array, type: number): number {
  return places[type] ?? -1
}

/** Locates the attributes in the attribute of `type` in the attribute at `start`; all are absent if it is absent. */
function locateWithin(bytes: Uint8Array, start: number, type: number, places: Int32Array, source: string): void {
  const at = locateNested(bytes, start, type, source)
  if (at === -1) places.fill(-1)
  else locateAttributes(bytes, at + ATTRIBUTE, at + readU16(bytes, at), places, source)
}

/** Start of an attribute that is nested in the attribute at `start`; -1 if absent, or if `start` is -1. */
function locateNested(bytes: Uint8Array, start: number, type: number, source: string): number {
  if (start === -1) return -1
  return locateAttribute(bytes, start + ATTRIBUTE, start + readU16(bytes, start), type, source)
}

function readWord(bytes: Uint8Array, at: number): number | null {
  return at === -1 || readU16(bytes, at) < ATTRIBUTE + 4 ? null : readU32(bytes, at + ATTRIBUTE)
}

function readKind(payload: Uint8Array, info: number, known: string | null | undefined, source: string): Link['kind'] {
  const kind = locateNested(payload, info, IFLA_INFO_KIND, source)
  return kind === -1 ? null : readText(payload, kind, known)
}

/** IFLA_INET6_CONF is an array of s32 in the order of include/uapi/linux/ipv6.h; null if the interface has no IPv6. */
function readFlag(payload: Uint8Array, place: number): boolean | null {
  const conf = placeOf(inet6, IFLA_INET6_CONF)
  if (conf === -1 || readU16(payload, conf) < ATTRIBUTE + 4 * (place + 1)) return null
  return readU32(payload, conf + ATTRIBUTE + 4 * place) !== 0
}

/** struct ifla_cacheinfo (tstamp) and the u64 of linux/snmp.h. Source: inet6_fill_ifla6_attrs, net/ipv6/addrconf.c. */
function readMark(payload: Uint8Array, known: IcmpMark | null): IcmpMark | null {
  const times = placeOf(inet6, IFLA_INET6_CACHEINFO)
  const counts = placeOf(inet6, IFLA_INET6_ICMP6STATS)
  if (times === -1 || readU16(payload, times) < ATTRIBUTE + 8) return null
  if (counts === -1 || readU16(payload, counts) < ATTRIBUTE + 8 * (ICMP6_MIB_OUTMSGS + 1)) return null
  const since = readU32(payload, times + ATTRIBUTE + 4)
  const messagesIn = readU64(payload, counts + ATTRIBUTE + 8 * ICMP6_MIB_INMSGS)
  const messagesOut = readU64(payload, counts + ATTRIBUTE + 8 * ICMP6_MIB_OUTMSGS)
  const same = known?.since === since && known.messagesIn === messagesIn && known.messagesOut === messagesOut
  return same ? known : { since, messagesIn, messagesOut }
}

/** The text of the attribute at `at`, up to its NUL; `known` itself if it is this text. */
function readText(bytes: Uint8Array, at: number, known: string | null | undefined): string {
  const start = at + ATTRIBUTE
  let end = start
  for (const last = at + readU16(bytes, at); end < last && bytes[end] !== 0;) end += 1
  if (typeof known === 'string' && known.length === end - start) {
    let same = start
    while (same < end && bytes[same] === known.charCodeAt(same - start)) same += 1
    if (same === end) return known
  }
  return String.fromCharCode(...bytes.subarray(start, end))
}

function isEqual(one: Link, other: Link): boolean {
  return (
    one.name === other.name &&
    one.kind === other.kind &&
    one.ethernet === other.ethernet &&
    one.up === other.up &&
    one.multicast === other.multicast &&
    one.master === other.master &&
    one.mtu === other.mtu &&
    one.vlanOf === other.vlanOf &&
    one.forwarding === other.forwarding &&
    one.ipv6Disabled === other.ipv6Disabled
  )
}

const IFINFOMSG = 16
