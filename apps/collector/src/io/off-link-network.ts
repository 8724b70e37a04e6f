import { encodeNeighbourRequest } from '@slashzero/linux'
import type { NetlinkMessage } from '@slashzero/linux'
import { randomInt } from 'node:crypto'
import {
  AF_INET6,
  ICMPV6_FILTER,
  IPPROTO_ICMPV6,
  IPPROTO_TCP,
  IPV6_CHECKSUM,
  IPV6_PKTINFO,
  IPV6_RECVPKTINFO,
  IPV6_UNICAST_HOPS,
  MSG_DONTWAIT,
  NETLINK_ROUTE,
  SOCK_RAW,
  SOCK_STREAM,
  SOL_IPV6,
  SOL_SOCKET,
  SO_MEMINFO,
  SO_RCVBUF,
} from '@slashzero/linux/uapi'
import { isRefusal } from './kernel.ts'
import { dump } from './open-kernel.ts'
import { attachFilter, LOAD_HALF, sizeOfFilter } from './packet-filter.ts'
import * as system from './system-calls.ts'

/** The off-link probe's calls in the network namespace that the caller is in. Addresses are 32 hexadecimal digits. */
export type OffLinkNetwork = {
  /** RTM_GETNEIGH: IPv6 neighbours, or the link addresses that bridges have learnt. */
  readonly dumpNeighbours: <Row>(table: 'inet6' | 'bridge', parse: (message: NetlinkMessage) => Row) => Row[]
  /** Opens a raw ICMPv6 socket that hears only echo replies. The socket stays in the namespace. Needs CAP_NET_RAW. */
  readonly openEchoSocket: () => ProbeSocket
  /**
   * Opens the same for TCP. The socket hears segments to a port that nobody else uses; the kernel refuses connections
   * to it.
   */
  readonly openTcpSocket: () => TcpProbeSocket
}

/**
 * No call waits. A refusal throws SystemError. The kernel writes checksums, and drops packets with a wrong checksum.
 */
export type ProbeSocket = {
  /** `source` must be an address of this machine; otherwise the kernel refuses. */
  readonly send: (message: Uint8Array, to: string, from: { source: string; ifindex: number }) => void
  /** The packets since the last call, at most 500. */
  readonly receive: () => Arrival[]
  /** The number of packets that the kernel dropped because nobody read them in time or they were broken. */
  readonly countLost: () => number
  readonly close: () => void
}

export type TcpProbeSocket = ProbeSocket & { readonly port: number }

export type Arrival = { message: Uint8Array; source: string; ifindex: number }

export const offLinkNetwork: OffLinkNetwork = {
  dumpNeighbours: (table, parse) => dump(NETLINK_ROUTE, encodeNeighbourRequest(table, 1), 'RTM_GETNEIGH', parse),
  openEchoSocket: () => {
    const socket = system.openSocket(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6)
    return prepare(socket, [], () =>
      system.setSocketOption(socket, IPPROTO_ICMPV6, ICMPV6_FILTER, encodeFilter(ECHO_REPLY)),
    )
  },
  openTcpSocket: () => {
    const { holder, port } = holdPort()
    try {
      const socket = system.openSocket(AF_INET6, SOCK_RAW, IPPROTO_TCP)
      const probe = prepare(socket, [holder], () => {
        // Without the filter the socket would get a copy of every TCP packet to this machine.
        portFilter ??= system.allocate(sizeOfFilter(1))
        attachFilter(socket, portFilter, [{ code: LOAD_HALF, k: TCP_DESTINATION, equals: port }], DATA_BYTES)
        system.setSocketOption(socket, SOL_IPV6, IPV6_CHECKSUM, number(TCP_CHECKSUM))
      })
      return { ...probe, port }
    } catch (error) {
      system.closeDescriptor(holder)
      throw error
    }
  },
}

function prepare(socket: number, others: readonly number[], begin: () => void): ProbeSocket {
  try {
    begin()
    system.setSocketOption(socket, SOL_IPV6, IPV6_RECVPKTINFO, number(1))
    // A guest can claim any address, so hop limit 1 keeps a packet from travelling on.
    system.setSocketOption(socket, SOL_IPV6, IPV6_UNICAST_HOPS, number(1))
    system.setSocketOption(socket, SOL_SOCKET, SO_RCVBUF, number(RECEIVE_BYTES))
  } catch (error) {
    system.closeDescriptor(socket)
    throw error
  }
  return {
    send: (message, to, from) => send(socket, message, to, from),
    receive: () => receiveAll(socket),
    countLost: () => {
      const memory = new Uint8Array(MEMORY_BYTES)
      system.getSocketOption(socket, SOL_SOCKET, SO_MEMINFO, memory)
      return new DataView(memory.buffer).getUint32(MEMORY_DROPS, true)
    },
    close: () => {
      for (const descriptor of [socket, ...others]) system.closeDescriptor(descriptor)
    },
  }
}

/** Takes a port above the default range for connections, without listening, so that no connection can use the port. */
function holdPort(): { holder: number; port: number } {
  const holder = system.openSocket(AF_INET6, SOCK_STREAM, 0)
  for (let attempt = 1; ; attempt += 1) {
    const port = randomInt(FIRST_PORT, LAST_PORT + 1)
    try {
      system.bindPort(holder, port)
      return { holder, port }
    } catch (error) {
      if (isRefusal(error, 'EADDRINUSE') && attempt < 10) continue
      system.closeDescriptor(holder)
      throw error
    }
  }
}

function send(
  socket: number,
  message: Uint8Array,
  to: string,
  { source, ifindex }: { source: string; ifindex: number },
): void {
  const { pointer, bytes, data } = prepareBlock(message.length, CONTROL_BYTES)
  data.setUint16(NAME, AF_INET6, true)
  bytes.set(Buffer.from(to, 'hex'), NAME + 8)
  data.setBigUint64(CONTROL, BigInt(CMSG_HEADER + PKTINFO), true)
  data.setInt32(CONTROL + 8, SOL_IPV6, true)
  data.setInt32(CONTROL + 12, IPV6_PKTINFO, true)
  bytes.set(Buffer.from(source, 'hex'), CONTROL + CMSG_HEADER)
  data.setUint32(CONTROL + CMSG_HEADER + 16, ifindex, true)
  bytes.set(message, DATA)
  system.sendMessage(socket, pointer, MSG_DONTWAIT)
}

function receiveAll(socket: number): Arrival[] {
  const arrivals: Arrival[] = []
  for (let read = 0; read < MAX_READ; read += 1) {
    const { pointer, bytes, data } = prepareBlock(DATA_BYTES, CONTROL_ROOM)
    let length: number
    try {
      length = system.receiveMessage(socket, pointer, MSG_DONTWAIT)
    } catch (error) {
      if (isRefusal(error, 'EAGAIN')) break
      throw error
    }
    const hasInfo =
      data.getBigUint64(CONTROL_LENGTH, true) >= BigInt(CMSG_HEADER + PKTINFO) &&
      data.getInt32(CONTROL + 8, true) === SOL_IPV6 &&
      data.getInt32(CONTROL + 12, true) === IPV6_PKTINFO
    // Without the interface the sender of the packet is unknown.
    if (!hasInfo) continue
    arrivals.push({
      message: bytes.slice(DATA, DATA + length),
      source: Buffer.from(bytes.subarray(NAME + 8, NAME + 24)).toString('hex'),
      ifindex: data.getUint32(CONTROL + CMSG_HEADER + 16, true),
    })
  }
  return arrivals
}

/** One block for all calls: struct msghdr, iovec, sockaddr_in6, control and data, with the pointers between them. */
function prepareBlock(
  dataLength: number,
  controlLength: number,
): { pointer: unknown; bytes: Uint8Array; data: DataView } {
  block ??= system.allocate(DATA + DATA_BYTES)
  const { pointer, address, bytes } = block
  const data = new DataView(bytes.buffer)
  bytes.fill(0)
  data.setBigUint64(0, address + BigInt(NAME), true)
  data.setUint32(8, SOCKADDR_IN6, true)
  data.setBigUint64(16, address + BigInt(VECTOR), true)
  data.setBigUint64(24, 1n, true)
  data.setBigUint64(32, address + BigInt(CONTROL), true)
  data.setBigUint64(CONTROL_LENGTH, BigInt(controlLength), true)
  data.setBigUint64(VECTOR, address + BigInt(DATA), true)
  data.setBigUint64(VECTOR + 8, BigInt(dataLength), true)
  return { pointer, bytes, data }
}

let portFilter: ReturnType<typeof system.allocate> | undefined
let block: ReturnType<typeof system.allocate> | undefined

/** struct icmp6_filter (include/uapi/linux/icmpv6.h): a set bit blocks a type. */
function encodeFilter(passes: number): Uint8Array {
  const filter = new Uint32Array(8).fill(0xffff_ffff)
  filter[passes >> 5] = 0xffff_ffff ^ (1 << (passes & 31))
  return new Uint8Array(filter.buffer)
}

function number(value: number): Uint8Array {
  return new Uint8Array(new Int32Array([value]).buffer)
}

/** Offsets within the block, for struct msghdr of 64-bit machines. */
const CONTROL_LENGTH = 40
const VECTOR = 56
const NAME = 72
const CONTROL = 104
const DATA = 232
const DATA_BYTES = 256
const SOCKADDR_IN6 = 28
const CMSG_HEADER = 16
const PKTINFO = 20
const CONTROL_BYTES = 40
const CONTROL_ROOM = 128
const MAX_READ = 500
const RECEIVE_BYTES = 1024 * 1024

const ECHO_REPLY = 129
/** Offsets in a TCP header (RFC 9293, 3.1). A packet of this socket begins with the TCP header. */
const TCP_DESTINATION = 2
const TCP_CHECKSUM = 16
const FIRST_PORT = 61_000
const LAST_PORT = 65_535
/** u32[9]; the last value counts drops (include/uapi/linux/sock_diag.h, SK_MEMINFO_DROPS). */
const MEMORY_BYTES = 36
const MEMORY_DROPS = 32
