import { encodeNeighbourRequest } from '@slashzero/linux'
import { isRefusal } from './kernel.ts'
import { dump } from './open-kernel.ts'
import * as system from './system-calls.ts'

/** What the off-link probe asks of the network namespace that the caller is in. Addresses are 32 hexadecimal digits. */
export type OffLinkNetwork = {
  /** The datagrams of an RTM_GETNEIGH dump: IPv6 neighbours, or what bridges have learnt. */
  readonly dumpNeighbours: (table: 'inet6' | 'bridge') => Uint8Array[]
  /** The socket stays in the namespace in which it was opened. Needs CAP_NET_RAW. */
  readonly openEchoSocket: () => EchoSocket
}

/** A raw ICMPv6 socket that hears echo replies only. Nothing waits; refusals are thrown as SystemError. */
export type EchoSocket = {
  /** `source` has to be an address of this machine, or the kernel refuses. */
  readonly send: (message: Uint8Array, to: string, from: { source: string; ifindex: number }) => void
  /** What has arrived since, at most some hundreds. */
  readonly receive: () => EchoArrival[]
  readonly close: () => void
}

export type EchoArrival = { message: Uint8Array; source: string; ifindex: number }

export const offLinkNetwork: OffLinkNetwork = {
  dumpNeighbours: (table) => dump(NETLINK_ROUTE, encodeNeighbourRequest(table, 1), 'RTM_GETNEIGH'),
  openEchoSocket: () => {
    const socket = system.openSocket(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6)
    try {
      system.setSocketOption(socket, IPPROTO_ICMPV6, ICMPV6_FILTER, encodeFilter(ECHO_REPLY))
      system.setSocketOption(socket, SOL_IPV6, IPV6_RECVPKTINFO, number(1))
      // A guest can claim any address to be its own; what is sent there must not travel on.
      system.setSocketOption(socket, SOL_IPV6, IPV6_UNICAST_HOPS, number(1))
      system.setSocketOption(socket, SOL_SOCKET, SO_RCVBUF, number(RECEIVE_BYTES))
    } catch (error) {
      system.closeDescriptor(socket)
      throw error
    }
    return {
      send: (message, to, from) => send(socket, message, to, from),
      receive: () => receiveAll(socket),
      close: () => system.closeDescriptor(socket),
    }
  },
}

function send(socket: number, message: Uint8Array, to: string, { source, ifindex }: { source: string; ifindex: number }): void {
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

function receiveAll(socket: number): EchoArrival[] {
  const arrivals: EchoArrival[] = []
  for (let read = 0; read < MOST_READ; read += 1) {
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
    // Without its interface nobody can tell whose it is.
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
function prepareBlock(dataLength: number, controlLength: number): { pointer: unknown; bytes: Uint8Array; data: DataView } {
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

let block: ReturnType<typeof system.allocate> | undefined

/** struct icmp6_filter (include/uapi/linux/icmpv6.h): a bit that is set keeps its type out. */
function encodeFilter(passes: number): Uint8Array {
  const filter = new Uint32Array(8).fill(0xffff_ffff)
  filter[passes >> 5] = 0xffff_ffff ^ (1 << (passes & 31))
  return new Uint8Array(filter.buffer)
}

function number(value: number): Uint8Array {
  return new Uint8Array(new Int32Array([value]).buffer)
}

/** Offsets within the block; those of struct msghdr are of 64-bit machines. */
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
const MOST_READ = 500
const RECEIVE_BYTES = 1024 * 1024

const NETLINK_ROUTE = 0
const AF_INET6 = 10
const SOCK_RAW = 3
const IPPROTO_ICMPV6 = 58
const ECHO_REPLY = 129
const ICMPV6_FILTER = 1
const SOL_SOCKET = 1
const SO_RCVBUF = 8
const SOL_IPV6 = 41
const IPV6_UNICAST_HOPS = 16
const IPV6_RECVPKTINFO = 49
const IPV6_PKTINFO = 50
const MSG_DONTWAIT = 0x40
