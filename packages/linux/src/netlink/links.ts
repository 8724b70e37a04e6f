import { ShapeError } from '../text/shape-error.ts'
import { DUMP_REQUEST, encodeRequest, findAttribute, readMessages, view } from './read-messages.ts'
import type { NetlinkMessage } from './read-messages.ts'

/** One network interface of the namespace. */
export type Link = {
  ifindex: number
  /** Byte text. */
  name: string
  /** Made by this kernel module, such as `tun`, `macvtap`, `veth`, `bridge`; null for hardware. */
  kind: string | null
  /** It carries Ethernet frames. A `tun` that does is in tap mode; one that does not belongs to a VPN. */
  ethernet: boolean
  up: boolean
  /** It can send to groups; `lo` cannot. */
  multicast: boolean
  /** ifindex of the bridge, bond or switch that it is a port of. */
  master: number | null
  /** `conf/INTERFACE/forwarding`; null where the interface has no IPv6. */
  forwarding: boolean | null
  /**
   * Stays the same only as long as it is the same interface and has neither received nor sent an ICMPv6 message; null where
   * there is no IPv6.
   */
  icmpMark: string | null
}

/** Asks rtnetlink for all interfaces. */
export function encodeLinkRequest(sequence: number): Uint8Array {
  return encodeRequest(RTM_GETLINK, DUMP_REQUEST, sequence, new Uint8Array(IFINFOMSG))
}

/** Parses RTM_NEWLINK (net/core/rtnetlink.c, rtnl_fill_ifinfo; rtnetlink(7)). Throws ShapeError. */
export function parseLink(message: NetlinkMessage, source = 'RTM_GETLINK'): Link {
  const { payload } = message
  if (message.type !== RTM_NEWLINK || payload.length < IFINFOMSG) {
    throw new ShapeError(source, 0, 'RTM_NEWLINK', `a message of type ${message.type} and ${payload.length} bytes`)
  }
  const data = view(payload)
  const attribute = (type: number) => findAttribute(payload, IFINFOMSG, type, source)
  const name = attribute(IFLA_IFNAME)
  if (name === undefined) throw new ShapeError(source, IFINFOMSG, 'an interface name', 'none')
  const master = attribute(IFLA_MASTER)
  const specification = attribute(IFLA_AF_SPEC)
  const inet6 = specification === undefined ? undefined : findAttribute(specification, 0, AF_INET6, source)
  return {
    ifindex: data.getInt32(4, true),
    name: cString(name),
    ...readType(payload, source),
    up: (data.getUint32(8, true) & IFF_UP) !== 0,
    multicast: (data.getUint32(8, true) & IFF_MULTICAST) !== 0,
    master: master === undefined || master.length < 4 ? null : view(master).getUint32(0, true),
    forwarding: inet6 === undefined ? null : readForwarding(inet6, source),
    icmpMark: inet6 === undefined ? null : readMark(inet6, source),
  }
}

/** An interface that came, changed or went, as the kernel announces it to RTMGRP_LINK (rtnetlink(7)). */
export type LinkEvent = { event: 'changed' | 'gone' } & Pick<Link, 'ifindex' | 'kind' | 'ethernet'>

/** Parses one datagram of announcements; other kinds of message in it are passed over. Throws ShapeError. */
export function parseLinkEvents(bytes: Uint8Array, source = 'RTMGRP_LINK'): LinkEvent[] {
  return readMessages(bytes, source)
    .filter((message) => message.type === RTM_NEWLINK || message.type === RTM_DELLINK)
    .map(({ type, payload }) => {
      if (payload.length < IFINFOMSG) throw new ShapeError(source, 0, 'an ifinfomsg', `${payload.length} bytes`)
      const event = type === RTM_DELLINK ? 'gone' : 'changed'
      const { kind, ethernet } = readType(payload, source)
      return { event, ifindex: view(payload).getInt32(4, true), kind, ethernet }
    })
}

function readType(payload: Uint8Array, source: string): Pick<Link, 'kind' | 'ethernet'> {
  const info = findAttribute(payload, IFINFOMSG, IFLA_LINKINFO, source)
  const kind = info === undefined ? undefined : findAttribute(info, 0, IFLA_INFO_KIND, source)
  return { kind: kind === undefined ? null : cString(kind), ethernet: view(payload).getUint16(2, true) === ARPHRD_ETHER }
}

/** IFLA_INET6_CONF is an array of s32 in the order of include/uapi/linux/ipv6.h. */
function readForwarding(inet6: Uint8Array, source: string): boolean | null {
  const conf = findAttribute(inet6, 0, IFLA_INET6_CONF, source)
  if (conf === undefined || conf.length < 4) return null
  return view(conf).getInt32(DEVCONF_FORWARDING * 4, true) !== 0
}

/**
 * When the interface got IPv6 or last an address, in hundredths of a second of the kernel's clock (struct ifla_cacheinfo, tstamp),
 * then all its ICMPv6 messages in and out (an array of u64 in the order of include/uapi/linux/snmp.h). net/ipv6/addrconf.c,
 * inet6_fill_ifla6_attrs.
 */
function readMark(inet6: Uint8Array, source: string): string | null {
  const times = findAttribute(inet6, 0, IFLA_INET6_CACHEINFO, source)
  const counts = findAttribute(inet6, 0, IFLA_INET6_ICMP6STATS, source)
  if (times === undefined || times.length < 8 || counts === undefined || counts.length < 8 * (ICMP6_MIB_OUTMSGS + 1)) return null
  const count = (place: number) => view(counts).getBigUint64(8 * place, true)
  return `${view(times).getUint32(4, true)}:${count(ICMP6_MIB_INMSGS)}:${count(ICMP6_MIB_OUTMSGS)}`
}

function cString(bytes: Uint8Array): string {
  const end = bytes.indexOf(0)
  return String.fromCharCode(...(end === -1 ? bytes : bytes.subarray(0, end)))
}

const IFINFOMSG = 16
const RTM_NEWLINK = 16
const RTM_DELLINK = 17
const RTM_GETLINK = 18
const IFLA_IFNAME = 3
const IFLA_MASTER = 10
const IFLA_LINKINFO = 18
const IFLA_INFO_KIND = 1
const IFLA_AF_SPEC = 26
const AF_INET6 = 10
const IFLA_INET6_CONF = 2
const IFLA_INET6_CACHEINFO = 5
const IFLA_INET6_ICMP6STATS = 6
const ICMP6_MIB_INMSGS = 1
const ICMP6_MIB_OUTMSGS = 3
const DEVCONF_FORWARDING = 0
const ARPHRD_ETHER = 1
const IFF_UP = 1
const IFF_MULTICAST = 0x1000
