import { ShapeError } from '../text/shape-error.ts'
import { DUMP_REQUEST, encodeRequest, findAttribute } from './read-messages.ts'
import type { NetlinkMessage } from './read-messages.ts'
import {
  AF_BRIDGE,
  AF_INET6,
  NDA_DST,
  NDA_LLADDR,
  NTF_PROXY,
  NUD_PERMANENT,
  RTM_GETNEIGH,
  RTM_NEWNEIGH,
} from '../uapi.ts'
import { view } from '../text/view.ts'

/** An IPv6 neighbour, or a row of a bridge's forwarding table. */
export type Neighbour = {
  /** The interface; in a bridge's row, the port behind which the link address is. */
  ifindex: number
  /** 32 lower-case hexadecimal digits; null in a bridge's row. */
  address: string | null
  /** Hexadecimal digits; null if unknown. */
  linkAddress: string | null
  /** In a bridge's row: the link address belongs to the host itself. */
  permanent: boolean
}

/**
 * A request to rtnetlink for the IPv6 neighbour table, or for the forwarding tables of all bridges (rtnetlink(7),
 * RTM_GETNEIGH).
 */
export function encodeNeighbourRequest(table: 'inet6' | 'bridge', sequence: number): Uint8Array {
  const payload = new Uint8Array(NDMSG)
  payload[0] = table === 'inet6' ? AF_INET6 : AF_BRIDGE
  return encodeRequest(RTM_GETNEIGH, DUMP_REQUEST, sequence, payload)
}

/**
 * Parses RTM_NEWNEIGH (net/core/neighbour.c, neigh_fill_info; net/bridge/br_fdb.c, fdb_fill_info; rtnetlink(7)).
 * Returns null for a row of another family and for a proxy's row. Throws ShapeError.
 */
export function parseNeighbour(message: NetlinkMessage, source = 'RTM_GETNEIGH'): Neighbour | null {
  const { payload } = message
  if (message.type !== RTM_NEWNEIGH || payload.length < NDMSG) {
    throw new ShapeError(source, 0, 'RTM_NEWNEIGH', `a message of type ${message.type} and ${payload.length} bytes`)
  }
  const data = view(payload)
  const family = payload[0]
  if ((family !== AF_INET6 && family !== AF_BRIDGE) || (data.getUint8(10) & NTF_PROXY) !== 0) return null
  const address = family === AF_INET6 ? findAttribute(payload, NDMSG, NDA_DST, source) : undefined
  if (family === AF_INET6 && address?.length !== 16) {
    throw new ShapeError(source, NDMSG, 'an address of 16 bytes', `${address?.length ?? 'no'} bytes`)
  }
  const state = data.getUint16(8, true)
  const linkAddress = findAttribute(payload, NDMSG, NDA_LLADDR, source)
  return {
    ifindex: data.getInt32(4, true),
    address: address === undefined ? null : Buffer.from(address).toString('hex'),
    linkAddress:
      linkAddress === undefined || (state & UNRESOLVED) !== 0 ? null : Buffer.from(linkAddress).toString('hex'),
    permanent: (state & NUD_PERMANENT) !== 0,
  }
}

/** struct ndmsg, include/uapi/linux/neighbour.h */
const NDMSG = 12
/** NUD_INCOMPLETE | NUD_FAILED */
const UNRESOLVED = 0x01 | 0x20
