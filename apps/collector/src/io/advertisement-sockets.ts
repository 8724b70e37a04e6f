import {
  AF_PACKET,
  ETH_P_IPV6,
  IPPROTO_ICMPV6,
  NDISC_ROUTER_ADVERTISEMENT,
  PACKET_OUTGOING,
  PACKET_STATISTICS,
  SOCK_DGRAM,
  SOCK_NONBLOCK,
  SOL_PACKET,
  SOL_SOCKET,
  SO_RCVBUF,
} from '@slashzero/linux/uapi'
import { isRefusal } from './kernel.ts'
import { ABOUT, attachFilter, LOAD_BYTE, LOAD_HALF, sizeOfFilter } from './packet-filter.ts'
import type { Test } from './packet-filter.ts'
import * as system from './system-calls.ts'

/**
 * A packet from the IPv6 header on. `linkAddress` is the sender of the frame, as `02:00:00:00:00:01`; null without an
 * address.
 */
export type HeardPacket = { ifindex: number; sent: boolean; linkAddress: string | null; packet: Uint8Array }

/** Packet sockets that hear Router Advertisements on every interface of a network namespace. Needs CAP_NET_RAW. */
export type AdvertisementSockets = {
  /** Opens a socket in the network namespace that the caller is in. The namespace lives until the socket is closed. */
  readonly open: () => number
  readonly close: (socket: number) => void
  /** The sockets with packets to read. */
  readonly findReadable: () => number[]
  /** The packets that have arrived, at most MAX_READ, and the number of packets lost because the buffer was full. */
  readonly read: (socket: number) => { packets: HeardPacket[]; lost: number }
  /** `all`: the socket also hears incoming packets. `sent`: it hears only the packets of the host. */
  readonly listen: (socket: number, to: 'all' | 'sent') => void
  /** Frees the poll. Call it after the last close. */
  readonly dispose: () => void
}

export const MAX_READ = 250

/**
 * Opens sockets of all protocols, because the kernel shows the packets that it sends only to these (dev_queue_xmit_nit,
 * net/core/dev.c). So every packet of the namespace meets the filter, once for each interface that it crosses.
 */
export function openAdvertisementSockets(): AdvertisementSockets {
  const poll = system.openPoll()
  return {
    open: () => {
      // A socket without a protocol hears nothing yet.
      const socket = system.openSocket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK, 0)
      try {
        listen(socket, 'all')
        system.setSocketOption(socket, SOL_SOCKET, SO_RCVBUF, new Uint8Array(new Uint32Array([RECEIVE_BYTES]).buffer))
        system.bindPackets(socket)
        system.joinPoll(poll, socket)
        return socket
      } catch (error) {
        system.closeDescriptor(socket)
        throw error
      }
    },
    close: system.closeDescriptor,
    findReadable: () => system.findReadable(poll),
    read,
    listen,
    dispose: () => system.closeDescriptor(poll),
  }
}

function read(socket: number): { packets: HeardPacket[]; lost: number } {
  const packets: HeardPacket[] = []
  while (packets.length < MAX_READ) {
    try {
      const length = system.receiveFrom(socket, buffer, address)
      packets.push({ ...readAddress(), packet: buffer.slice(0, length) })
    } catch (error) {
      if (isRefusal(error, 'EAGAIN')) break
      // The kernel reports once, as an error, that an interface went down.
      if (!isRefusal(error, 'ENETDOWN')) throw error
    }
  }
  // A read resets the statistics to 0.
  system.getSocketOption(socket, SOL_PACKET, PACKET_STATISTICS, new Uint8Array(statistics.buffer))
  return { packets, lost: statistics[1] ?? 0 }
}

/** struct sockaddr_ll (include/uapi/linux/if_packet.h). */
function readAddress(): Omit<HeardPacket, 'packet'> {
  const data = new DataView(address.buffer)
  const linkAddress =
    data.getUint8(11) === 6
      ? Array.from(address.subarray(12, 18), (byte) => byte.toString(16).padStart(2, '0')).join(':')
      : null
  return { ifindex: data.getInt32(4, true), sent: data.getUint8(10) === PACKET_OUTGOING, linkAddress }
}

function listen(socket: number, to: 'all' | 'sent'): void {
  const tests = to === 'all' ? FILTER : [ONLY_SENT, ...FILTER]
  place ??= system.allocate(sizeOfFilter(FILTER.length + 1))
  attachFilter(socket, place, tests, PACKET_BYTES)
}

let place: ReturnType<typeof system.allocate> | undefined

/** The tests that reject most packets come first. The packet of a cooked socket begins with its IPv6 header. */
const FILTER: readonly Test[] = [
  { code: LOAD_HALF, k: ABOUT, equals: ETH_P_IPV6 },
  { code: LOAD_BYTE, k: 6, equals: IPPROTO_ICMPV6 },
  { code: LOAD_BYTE, k: 40, equals: NDISC_ROUTER_ADVERTISEMENT },
  { code: LOAD_BYTE, k: 7, equals: 255 },
]
const ONLY_SENT: Test = { code: LOAD_BYTE, k: ABOUT + 4, equals: PACKET_OUTGOING }

/** The maximum packet: the largest common MTU. */
const PACKET_BYTES = 9216
const buffer = new Uint8Array(PACKET_BYTES)
const address = new Uint8Array(20)
const statistics = new Uint32Array(2)

/** The kernel grants at most net.core.rmem_max, by default room for about 500 advertisements. */
const RECEIVE_BYTES = 1024 * 1024
