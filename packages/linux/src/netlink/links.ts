import { ShapeError } from '../text/shape-error.ts'
import {
  ATTRIBUTE,
  DUMP_REQUEST,
  encodeRequest,
  locateAttribute,
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
  /**
   * A mark that changes if the interface sends or receives an ICMPv6 message, or is another interface; null without
   * IPv6.
   */
  icmpMark: string | null
}

/** A request to rtnetlink for all interfaces (rtnetlink(7), RTM_GETLINK). */
export function encodeLinkRequest(sequence: number): Uint8Array {
  return encodeRequest(RTM_GETLINK, DUMP_REQUEST, sequence, new Uint8Array(IFINFOMSG))
}

/** Parses RTM_NEWLINK (net/core/rtnetlink.c, rtnl_fill_ifinfo; rtnetlink(7)). Throws ShapeError. */
export function parseLink(message: NetlinkMessage, source = 'RTM_GETLINK'): Link {
  const { payload } = message
  if (message.type !== RTM_NEWLINK || payload.length < IFINFOMSG) {
    throw new ShapeError(source, 0, 'RTM_NEWLINK', `a message of type ${message.type} and ${payload.length} bytes`)
  }
  const locate = (type: number) => locateAttribute(payload, IFINFOMSG, payload.length, type, source)
  const name = locate(IFLA_IFNAME)
  if (name === -1) throw new ShapeError(source, IFINFOMSG, 'an interface name', 'none')
  const word = (at: number) =>
    at === -1 || readU16(payload, at) < ATTRIBUTE + 4 ? null : readU32(payload, at + ATTRIBUTE)
  const inet6 = locateWithin(payload, locate(IFLA_AF_SPEC), AF_INET6, source)
  const flags = readU32(payload, 8)
  const type = readType(payload, source)
  return {
    ifindex: readU32(payload, 4),
    name: cString(payload, name),
    ...type,
    up: (flags & IFF_UP) !== 0 && (flags & IFF_RUNNING) !== 0,
    multicast: (flags & IFF_MULTICAST) !== 0,
    master: word(locate(IFLA_MASTER)),
    mtu: word(locate(IFLA_MTU)),
    vlanOf: type.kind === 'vlan' ? readVlan(payload, locate(IFLA_LINK), locate(IFLA_LINK_NETNSID)) : null,
    forwarding: readFlag(payload, inet6, DEVCONF_FORWARDING, source),
    ipv6Disabled: readFlag(payload, inet6, DEVCONF_DISABLE_IPV6, source),
    icmpMark: readMark(payload, inet6, source),
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
      const { kind, ethernet } = readType(payload, source)
      return { event, ifindex: readU32(payload, 4), kind, ethernet }
    })
}

function readType(payload: Uint8Array, source: string): Pick<Link, 'kind' | 'ethernet'> {
  const info = locateAttribute(payload, IFINFOMSG, payload.length, IFLA_LINKINFO, source)
  const kind = locateWithin(payload, info, IFLA_INFO_KIND, source)
  return { kind: kind === -1 ? null : cString(payload, kind), ethernet: readU16(payload, 2) === ARPHRD_ETHER }
}

function readVlan(payload: Uint8Array, link: number, elsewhere: number): number | null {
  return link === -1 || elsewhere !== -1 || readU16(payload, link) < ATTRIBUTE + 4
    ? null
    : readU32(payload, link + ATTRIBUTE)
}

/** IFLA_INET6_CONF is an array of s32 in the order of include/uapi/linux/ipv6.h; null if the interface has no IPv6. */
function readFlag(payload: Uint8Array, inet6: number, place: number, source: string): boolean | null {
  const conf = locateWithin(payload, inet6, IFLA_INET6_CONF, source)
  if (conf === -1 || readU16(payload, conf) < ATTRIBUTE + 4 * (place + 1)) return null
  return readU32(payload, conf + ATTRIBUTE + 4 * place) !== 0
}

/**
 * When the interface got IPv6 or its last address, in 1/100 s of the kernel's clock (struct ifla_cacheinfo, tstamp),
 * and its ICMPv6 messages in and out (u64, linux/snmp.h). Source: inet6_fill_ifla6_attrs, net/ipv6/addrconf.c.
 */
function readMark(payload: Uint8Array, inet6: number, source: string): string | null {
  const times = locateWithin(payload, inet6, IFLA_INET6_CACHEINFO, source)
  const counts = locateWithin(payload, inet6, IFLA_INET6_ICMP6STATS, source)
  if (times === -1 || readU16(payload, times) < ATTRIBUTE + 8) return null
  if (counts === -1 || readU16(payload, counts) < ATTRIBUTE + 8 * (ICMP6_MIB_OUTMSGS + 1)) return null
  const count = (place: number) => readU64(payload, counts + ATTRIBUTE + 8 * place)
  return `${readU32(payload, times + ATTRIBUTE + 4)}:${count(ICMP6_MIB_INMSGS)}:${count(ICMP6_MIB_OUTMSGS)}`
}

/** Start of an attribute that is nested in the attribute at `outer`; -1 if absent, or if `outer` is -1. */
function locateWithin(bytes: Uint8Array, outer: number, type: number, source: string): number {
  if (outer === -1) return -1
  return locateAttribute(bytes, outer + ATTRIBUTE, outer + readU16(bytes, outer), type, source)
}

/** The text of the attribute at `at`, up to its NUL. */
function cString(bytes: Uint8Array, at: number): string {
  const text = bytes.subarray(at + ATTRIBUTE, at + readU16(bytes, at))
  const end = text.indexOf(0)
  return String.fromCharCode(...(end === -1 ? text : text.subarray(0, end)))
}

const IFINFOMSG = 16
