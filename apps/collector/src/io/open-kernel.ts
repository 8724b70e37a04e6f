import { closeSync, fstatSync, openSync } from 'node:fs'
import {
  encodeAllRoutersFilter,
  encodeAllRoutersMembership,
  encodeLinkRequest,
  encodeRawIcmpv6Request,
  readDump,
  setFilterInterface,
} from '@slashzero/linux'
import type { NetlinkMessage } from '@slashzero/linux'
import {
  AF_INET6,
  AF_NETLINK,
  IPV6_ADD_MEMBERSHIP,
  MCAST_MSFILTER,
  NETLINK_ROUTE,
  NETLINK_SOCK_DIAG,
  SOCK_DGRAM,
  SOCK_RAW,
  SOL_IPV6,
  SOL_SOCKET,
  SO_MEMINFO,
  SO_RCVTIMEO,
} from '@slashzero/linux/uapi'
import { SystemError, toSystemError } from './kernel.ts'
import type { Kernel, OtherSocket } from './kernel.ts'
import { listConfined, readConfined } from './read-confined.ts'
import { files } from './read-files.ts'
import { searchOptmemMax } from './search-optmem-max.ts'
import * as system from './system-calls.ts'

/** The machine that this process runs on. Throws if its byte order is not supported. */
export function openKernel(): Kernel {
  system.assertByteOrder()
  const home = openSync('/proc/thread-self/ns/net', 'r')
  return {
    ...files,
    readConfined,
    listConfined,
    inNamespace: (path, inode, work) => inNamespace(home, path, inode, work),
    dumpLinks: (parse) => dump(NETLINK_ROUTE, encodeLinkRequest(1), 'RTM_GETLINK', parse),
    dumpRawSockets: (parse) => dump(NETLINK_SOCK_DIAG, encodeRawIcmpv6Request(1), 'sock_diag', parse),
    searchOptmemMax,
    calibrate,
    withSocket,
  }
}

/** setns moves only the calling thread. `work` has no pause, so no other code runs in that namespace. */
function inNamespace<Result>(home: number, path: string, inode: number, work: () => Result): Result {
  const target = openNamespace(path)
  try {
    // A process can move to another namespace, and its pid can belong to another process by now.
    if (fstatSync(target).ino !== inode) throw new SystemError(path, 'ENOENT')
    system.setNetworkNamespace(target)
  } finally {
    closeSync(target)
  }
  try {
    return work()
  } finally {
    leaveFor(home)
  }
}

function openNamespace(path: string): number {
  try {
    return openSync(path, 'r')
  } catch (error) {
    throw toSystemError(path, error)
  }
}

function leaveFor(home: number): void {
  try {
    system.setNetworkNamespace(home)
  } catch (error) {
    // Every later read would read the wrong namespace.
    process.stderr.write(`slashzero-collector: cannot return to the collector's network namespace: ${String(error)}\n`)
    system.endProcess(70)
  }
}

/** Asks a netlink family for a dump. `source` is the name of the dump in errors. */
export function dump<Row>(
  protocol: number,
  request: Uint8Array,
  source: string,
  parse: (message: NetlinkMessage) => Row,
): Row[] {
  const socket = system.openSocket(AF_NETLINK, SOCK_RAW, protocol)
  try {
    system.setSocketOption(socket, SOL_SOCKET, SO_RCVTIMEO, ONE_SECOND)
    for (let attempt = 1; ; attempt += 1) {
      system.send(socket, request)
      const { rows, interrupted } = receiveDump(socket, source, parse)
      // A list that changed during the read can lack entries. On a busy host the last attempt counts.
      if (!interrupted || attempt === 3) return rows
    }
  } finally {
    system.closeDescriptor(socket)
  }
}

function receiveDump<Row>(
  socket: number,
  source: string,
  parse: (message: NetlinkMessage) => Row,
): { rows: Row[]; interrupted: boolean } {
  const rows: Row[] = []
  let interrupted = false
  for (;;) {
    const part = readDump(netlinkBuffer.subarray(0, system.receive(socket, netlinkBuffer)), source)
    for (const message of part.messages) rows.push(parse(message))
    interrupted ||= part.interrupted
    if (part.done) return { rows, interrupted }
  }
}

function calibrate(): { before: Uint8Array; after: Uint8Array } {
  const socket = system.openSocket(AF_INET6, SOCK_DGRAM, 0)
  try {
    const before = readMemory(socket)
    system.setSocketOption(socket, SOL_IPV6, IPV6_ADD_MEMBERSHIP, encodeAllRoutersMembership(LOOPBACK))
    return { before, after: readMemory(socket) }
  } finally {
    system.closeDescriptor(socket)
  }
}

function withSocket<Result>(
  pid: number,
  descriptor: number,
  inode: number,
  work: (socket: OtherSocket) => Result,
): Result {
  const pidfd = system.openPidfd(pid)
  try {
    const socket = system.duplicateDescriptor(pidfd, descriptor)
    try {
      if (fstatSync(socket).ino !== inode) throw new SystemError('pidfd_getfd', 'EBADF')
      return work({ memory: () => readMemory(socket), holdsAllRouters: (ifindex) => holdsAllRouters(socket, ifindex) })
    } finally {
      // An open duplicate would keep the socket and its memberships alive after the daemon's end.
      system.closeDescriptor(socket)
    }
  } finally {
    system.closeDescriptor(pidfd)
  }
}

function readMemory(socket: number): Uint8Array {
  const memory = new Uint8Array(36)
  return memory.subarray(0, system.getSocketOption(socket, SOL_SOCKET, SO_MEMINFO, memory))
}

function holdsAllRouters(socket: number, ifindex: number): boolean {
  setFilterInterface(filter, ifindex)
  return system.answersSocketOption(socket, SOL_IPV6, MCAST_MSFILTER, filter, 'EADDRNOTAVAIL')
}

const netlinkBuffer = new Uint8Array(64 * 1024)
const filter = encodeAllRoutersFilter(1)

const LOOPBACK = 1
/** struct timeval */
const ONE_SECOND = new Uint8Array(new BigInt64Array([1n, 0n]).buffer)
