import { endianness } from 'node:os'
import koffi from 'koffi'
import {
  AF_INET6,
  AF_NETLINK,
  AF_PACKET,
  CLONE_NEWNET,
  EPOLLIN,
  EPOLL_CTL_ADD,
  ETH_P_ALL,
  SYS_PIDFD_GETFD,
  SYS_PIDFD_OPEN,
} from '@slashzero/linux/uapi'
import { SystemError } from './kernel.ts'

const libc = koffi.load(null)
const calls = {
  socket: libc.func('int socket(int, int, int)'),
  send: libc.func('long send(int, const void *, size_t, int)'),
  sendmsg: libc.func('long sendmsg(int, void *, int)'),
  recvmsg: libc.func('long recvmsg(int, void *, int)'),
  recv: libc.func('long recv(int, void *, size_t, int)'),
  recvfrom: libc.func('long recvfrom(int, void *, size_t, int, void *, void *)'),
  getsockopt: libc.func('int getsockopt(int, int, int, void *, void *)'),
  setsockopt: libc.func('int setsockopt(int, int, int, const void *, uint32_t)'),
  setns: libc.func('int setns(int, int)'),
  bind: libc.func('int bind(int, const void *, uint32_t)'),
  write: libc.func('long write(int, const void *, size_t)'),
  eventfd: libc.func('int eventfd(unsigned int, int)'),
  createPoll: libc.func('int epoll_create1(int)'),
  changePoll: libc.func('int epoll_ctl(int, int, int, const void *)'),
  waitPoll: libc.func('int epoll_wait(int, void *, int, int)'),
  close: libc.func('int close(int)'),
  end: libc.func('void _exit(int)'),
  flock: libc.func('int flock(int, int)'),
  // Not all C libraries name these two calls.
  pidfd: libc.func('long syscall(long, long, long, long)'),
}

/** Throws if this machine is not little-endian, because the parsers read only little-endian numbers. */
export function assertByteOrder(): void {
  if (endianness() !== 'LE')
    throw new Error('slashzero-collector reads kernel structures on little-endian machines only')
}

export function openSocket(family: number, type: number, protocol: number): number {
  return checked('socket', calls.socket(family, type | CLOEXEC, protocol))
}

export function send(socket: number, bytes: Uint8Array): void {
  checked('send', calls.send(socket, bytes, bytes.length, 0))
}

/**
 * Waits as long as SO_RCVTIMEO says. Never call it with a socket of another process: it would take the process's
 * packets.
 */
export function receive(socket: number, buffer: Uint8Array, flags = 0): number {
  return checked('recv', calls.recv(socket, buffer, buffer.length, flags))
}

/** Fills `buffer` with a datagram and `address` with its sender. Out: the length of the datagram in bytes. */
export function receiveFrom(socket: number, buffer: Uint8Array, address: Uint8Array): number {
  written[0] = address.length
  return checked('recvfrom', calls.recvfrom(socket, buffer, buffer.length, 0, address, written))
}

/**
 * Allocates memory that does not move, for structures with addresses. `bytes` is a view of it. The memory is never
 * freed.
 */
export function allocate(length: number): { pointer: unknown; address: bigint; bytes: Uint8Array } {
  const pointer: unknown = koffi.alloc('uint8_t', length)
  return { pointer, address: koffi.address(pointer), bytes: new Uint8Array(koffi.view(pointer, length)).fill(0) }
}

/** Sends the message of a `struct msghdr`. */
export function sendMessage(socket: number, message: unknown, flags: number): void {
  checked('sendmsg', calls.sendmsg(socket, message, flags))
}

/** Receives into the buffers of a `struct msghdr`. Out: bytes. The warning at `receive` also applies here. */
export function receiveMessage(socket: number, message: unknown, flags: number): number {
  return checked('recvmsg', calls.recvmsg(socket, message, flags))
}

/** Fills `value`. Out: the number of bytes that the kernel wrote. */
export function getSocketOption(socket: number, level: number, option: number, value: Uint8Array): number {
  written[0] = value.length
  checked('getsockopt', calls.getsockopt(socket, level, option, value, written))
  return written[0]
}

/** Whether the kernel answers with success; false, without an exception, if it refuses with `code`. */
export function answersSocketOption(
  socket: number,
  level: number,
  option: number,
  value: Uint8Array,
  code: string,
): boolean {
  written[0] = value.length
  if (calls.getsockopt(socket, level, option, value, written) === 0) return true
  if (codes.get(koffi.errno()) === code) return false
  throw refusal('getsockopt')
}

/** `length` may differ from the length of `value` if the call is meant to fail. */
export function setSocketOption(
  socket: number,
  level: number,
  option: number,
  value: Uint8Array | null,
  length = value?.length ?? 0,
): void {
  checked('setsockopt', calls.setsockopt(socket, level, option, value, length))
}

export function setNetworkNamespace(descriptor: number): void {
  checked('setns', calls.setns(descriptor, CLONE_NEWNET))
}

/** Binds a netlink socket to multicast groups, given as a bit mask. */
export function bindNetlink(socket: number, groups: number): void {
  const address = new DataView(new ArrayBuffer(12))
  address.setUint16(0, AF_NETLINK, true)
  address.setUint32(8, groups, true)
  bind(socket, address)
}

/** Binds a packet socket to all protocols on all interfaces (struct sockaddr_ll, packet(7)). */
export function bindPackets(socket: number): void {
  const address = new DataView(new ArrayBuffer(20))
  address.setUint16(0, AF_PACKET, true)
  address.setUint16(2, ETH_P_ALL)
  bind(socket, address)
}

/** Takes a port on every address of the namespace (struct sockaddr_in6, ipv6(7)). */
export function bindPort(socket: number, port: number): void {
  const address = new DataView(new ArrayBuffer(28))
  address.setUint16(0, AF_INET6, true)
  address.setUint16(2, port)
  bind(socket, address)
}

function bind(socket: number, address: DataView): void {
  checked('bind', calls.bind(socket, new Uint8Array(address.buffer), address.byteLength))
}

/** Opens a descriptor that stays readable after `raiseFlag` was called on it. */
export function openFlag(): number {
  return checked('eventfd', calls.eventfd(0, CLOEXEC))
}

export function raiseFlag(flag: number): void {
  checked('write', calls.write(flag, new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0]), 8))
}

/** Opens a poll. Descriptors can join, also while `waitForReadable` waits, and leave when they are closed. */
export function openPoll(): number {
  return checked('epoll_create1', calls.createPoll(CLOEXEC))
}

export function joinPoll(poll: number, descriptor: number): void {
  const event = new DataView(new ArrayBuffer(POLL_EVENT))
  event.setUint32(0, EPOLLIN, true)
  event.setUint32(POLL_EVENT - 8, descriptor, true)
  checked('epoll_ctl', calls.changePoll(poll, EPOLL_CTL_ADD, descriptor, new Uint8Array(event.buffer)))
}

/**
 * Waits on a thread of libuv's pool until descriptors are readable. Out: these; none if a signal interrupted the wait.
 */
export function waitForReadable(poll: number): Promise<number[]> {
  const events = new Uint8Array(POLL_EVENT * MAX_POLLED)
  return new Promise((resolve, reject) => {
    calls.waitPoll.async(poll, events, MAX_POLLED, -1, (error: Error | null, count: number) => {
      if (error !== null) return reject(error)
      resolve(listPolled(events, count))
    })
  })
}

/** The descriptors that are readable now. */
export function findReadable(poll: number): number[] {
  return listPolled(pollEvents, checked('epoll_wait', calls.waitPoll(poll, pollEvents, MAX_POLLED, 0)))
}

function listPolled(events: Uint8Array, count: number): number[] {
  const data = new DataView(events.buffer)
  return Array.from({ length: Math.max(0, count) }, (_, index) => data.getUint32((index + 1) * POLL_EVENT - 8, true))
}

export function openPidfd(pid: number): number {
  return checked('pidfd_open', calls.pidfd(SYS_PIDFD_OPEN, pid, 0, 0))
}

export function duplicateDescriptor(pidfd: number, descriptor: number): number {
  return checked('pidfd_getfd', calls.pidfd(SYS_PIDFD_GETFD, pidfd, descriptor, 0))
}

/**
 * Locks the file of the descriptor until the descriptor is closed or the process ends. Throws EAGAIN if another process
 * holds it.
 */
export function lockDescriptor(descriptor: number): void {
  checked('flock', calls.flock(descriptor, LOCK_EX_NB))
}

export function closeDescriptor(descriptor: number): void {
  calls.close(descriptor)
}

/** Gives free memory of the C library back to the kernel (malloc_trim(3)); nothing on C libraries without the call. */
export function trimMemory(): void {
  try {
    trim ??= libc.func('int malloc_trim(size_t)')
    trim(0)
  } catch {
    // Only the GNU C library has it.
  }
}

let trim: ((padding: number) => number) | undefined

/** Ends without any exit handler (_exit(2)). */
export function endProcess(code: number): never {
  calls.end(code)
  throw new Error('_exit has returned')
}

const written = new Uint32Array(1)
/** O_CLOEXEC, the same bit in all calls with such a flag. */
const CLOEXEC = 0o2000000
const LOCK_EX_NB = 2 | 4
/**
 * Bytes of struct epoll_event; its last 8 bytes are the data. Only x86-64 packs it (include/uapi/linux/eventpoll.h).
 */
const POLL_EVENT = process.arch === 'x64' ? 12 : 16
const MAX_POLLED = 64
const pollEvents = new Uint8Array(POLL_EVENT * MAX_POLLED)

// Some numbers have two names; the common name comes first.
const codes = new Map(
  Object.entries(koffi.os.errno)
    .toReversed()
    .map(([code, number]) => [number, code]),
)

function checked(call: string, result: number): number {
  if (result >= 0) return result
  throw refusal(call)
}

function refusal(call: string): SystemError {
  const errno = koffi.errno()
  return new SystemError(call, codes.get(errno) ?? `errno ${errno}`)
}
