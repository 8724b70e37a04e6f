import { view } from '../text/view.ts'
import { AF_INET6 } from '../uapi.ts'

/**
 * A `struct group_filter` (linux/in.h) for getsockopt(SOL_IPV6, MCAST_MSFILTER) of ff02::2 on one interface, also a
 * deleted one. The kernel returns EADDRNOTAVAIL if the socket does not hold the membership.
 */
export function encodeAllRoutersFilter(ifindex: number): Uint8Array {
  const bytes = new Uint8Array(GROUP_FILTER)
  setFilterInterface(bytes, ifindex)
  view(bytes).setUint16(SOCKADDR, AF_INET6, true)
  bytes.set(ALL_ROUTERS_ADDRESS, SOCKADDR + 8)
  return bytes
}

/** Points such a filter at another interface, so that thousands of questions need one filter. */
export function setFilterInterface(filter: Uint8Array, ifindex: number): void {
  view(filter).setUint32(0, ifindex, true)
}

/** A `struct ipv6_mreq` (include/uapi/linux/in6.h) of ff02::2 on one interface, for IPV6_ADD_MEMBERSHIP. */
export function encodeAllRoutersMembership(ifindex: number): Uint8Array {
  const bytes = new Uint8Array(20)
  bytes.set(ALL_ROUTERS_ADDRESS)
  view(bytes).setUint32(16, ifindex, true)
  return bytes
}

const ALL_ROUTERS_ADDRESS = [0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]
const SOCKADDR = 8
/** GROUP_FILTER_SIZE(0): interface and padding, sockaddr_storage, mode and count. */
const GROUP_FILTER = 144
