import { closeSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import {
  AF_INET6,
  MCAST_MSFILTER,
  SK_MEMINFO_OPTMEM,
  SK_MEMINFO_VARS,
  SOL_IPV6,
  SOL_SOCKET,
  SO_MEMINFO,
  SYS_PIDFD_GETFD,
  SYS_PIDFD_OPEN,
} from '@slashzero/linux/uapi'
import { call, EADDRNOTAVAIL, KernelError } from '../kernel/call.ts'

/** The kernel's view of one raw ICMPv6 socket. */
export type SocketReading = {
  readonly pid: number
  /** The kernel's short name of the process. */
  readonly program: string
  readonly inode: number
  /** Option memory in use: SO_MEMINFO[SK_MEMINFO_OPTMEM]. */
  readonly optmemBytes: number
  /** Interface indexes, from 1 to `highestIndex`, on which the socket is a member of ff02::2. */
  readonly memberships: readonly number[]
}

/**
 * Reads every raw ICMPv6 socket of the network namespace of `pid` through pidfd_getfd (Linux 5.6), without code of the
 * collector, as its witness. Looks for memberships up to `highestIndex`; 0 looks for none.
 */
export function readSockets(pid: number, highestIndex = 0): SocketReading[] {
  const inodes = rawIcmpv6Inodes(readFileSync(`/proc/${pid}/net/raw6`, 'utf8'))
  const namespace = readlinkSync(`/proc/${pid}/ns/net`)
  const readings = new Map<number, SocketReading>()
  for (const owner of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    for (const { fd, inode } of socketsOf(owner, namespace)) {
      if (!inodes.has(inode) || readings.has(inode)) continue
      const program = readFileSync(`/proc/${owner}/comm`, 'utf8').trim()
      readings.set(inode, { pid: Number(owner), program, inode, ...readSocket(Number(owner), fd, highestIndex) })
    }
  }
  return [...readings.values()]
}

/** Rows of `/proc/net/raw6` whose local "port", the protocol, is 3A = 58 = ICMPv6. Source: net/ipv6/raw.c. */
function rawIcmpv6Inodes(raw6: string): Set<number> {
  const rows = raw6
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
  return new Set(rows.filter((row) => row[1]?.endsWith(':003A')).map((row) => Number(row[9])))
}

function socketsOf(pid: string, namespace: string): { fd: number; inode: number }[] {
  try {
    if (readlinkSync(`/proc/${pid}/ns/net`) !== namespace) return []
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1]
      return inode === undefined ? [] : [{ fd: Number(fd), inode: Number(inode) }]
    })
  } catch {
    // The process ended meanwhile, or no longer has a namespace.
    return []
  }
}

function readSocket(pid: number, targetFd: number, highestIndex: number) {
  const pidfd = call('syscall', SYS_PIDFD_OPEN, pid, 0, 0)
  try {
    const fd = call('syscall', SYS_PIDFD_GETFD, pidfd, targetFd, 0)
    try {
      const indexes = Array.from({ length: highestIndex }, (_, index) => index + 1)
      return { optmemBytes: readOptmem(fd), memberships: indexes.filter((index) => isMember(fd, index)) }
    } finally {
      closeSync(fd)
    }
  } finally {
    closeSync(pidfd)
  }
}

/** Option memory of an open socket, in bytes. */
export function readOptmem(fd: number): number {
  const meminfo = Buffer.alloc(SK_MEMINFO_VARS * 4)
  call('getsockopt', fd, SOL_SOCKET, SO_MEMINFO, meminfo, uint32(meminfo.length))
  return meminfo.readUInt32LE(SK_MEMINFO_OPTMEM * 4)
}

/** Asks for the source filter of ff02::2 on an interface, which only a member has. Source: ip6_mc_msfget. */
function isMember(fd: number, interfaceIndex: number): boolean {
  const filter = Buffer.alloc(SIZE_OF_GROUP_FILTER)
  filter.writeUInt32LE(interfaceIndex, 0)
  filter.writeUInt16LE(AF_INET6, 8)
  ALL_ROUTERS.copy(filter, 16)
  try {
    call('getsockopt', fd, SOL_IPV6, MCAST_MSFILTER, filter, uint32(filter.length))
    return true
  } catch (error) {
    if (error instanceof KernelError && error.errno === EADDRNOTAVAIL) return false
    throw error
  }
}

function uint32(value: number): Buffer {
  const buffer = Buffer.alloc(4)
  buffer.writeUInt32LE(value)
  return buffer
}

// struct group_filter without sources: interface, a sockaddr_storage aligned to 8, mode, count.
const SIZE_OF_GROUP_FILTER = 144
const ALL_ROUTERS = Buffer.from('ff020000000000000000000000000002', 'hex')
