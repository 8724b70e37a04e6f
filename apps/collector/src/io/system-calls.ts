import { endianness } from 'node:os'
import koffi from 'koffi'
import { SystemError } from './kernel.ts'

const libc = koffi.load(null)
const calls = {
  socket: libc.func('int socket(int, int, int)'),
  send: libc.func('long send(int, const void *, size_t, int)'),
  recv: libc.func('long recv(int, void *, size_t, int)'),
  getsockopt: libc.func('int getsockopt(int, int, int, void *, void *)'),
  setsockopt: libc.func('int setsockopt(int, int, int, const void *, uint32_t)'),
  setns: libc.func('int setns(int, int)'),
  close: libc.func('int close(int)'),
  // Not all C libraries have names for these two.
  pidfd: libc.func('long syscall(long, long, long, long)'),
}

/** Throws where the numbers in kernel structures stand in an order that the parsers do not read. */
export function assertByteOrder(): void {
  if (endianness() !== 'LE') throw new Error('slashzero-collector reads kernel structures on little-endian machines only')
}

export function openSocket(family: number, type: number, protocol: number): number {
  return checked('socket', calls.socket(family, type | SOCK_CLOEXEC, protocol))
}

export function send(socket: number, bytes: Uint8Array): void {
  checked('send', calls.send(socket, bytes, bytes.length, 0))
}

/** Waits for as long as SO_RCVTIMEO says. Never for another process's socket: it would take that process's packets. */
export function receive(socket: number, buffer: Uint8Array, flags = 0): number {
  return checked('recv', calls.recv(socket, buffer, buffer.length, flags))
}

/** Fills `value`; out: how many bytes of it the kernel wrote. */
export function getSocketOption(socket: number, level: number, option: number, value: Uint8Array): number {
  written[0] = value.length
  checked('getsockopt', calls.getsockopt(socket, level, option, value, written))
  return written[0]
}

/** Whether the kernel answers with success; false for a refusal with `code`, which costs no exception. */
export function answersSocketOption(socket: number, level: number, option: number, value: Uint8Array, code: string): boolean {
  written[0] = value.length
  if (calls.getsockopt(socket, level, option, value, written) === 0) return true
  if (codes.get(koffi.errno()) === code) return false
  throw refusal('getsockopt')
}

/** `length` need not be that of `value` where the call is meant to fail. */
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

export function openPidfd(pid: number): number {
  return checked('pidfd_open', calls.pidfd(PIDFD_OPEN, pid, 0, 0))
}

export function duplicateDescriptor(pidfd: number, descriptor: number): number {
  return checked('pidfd_getfd', calls.pidfd(PIDFD_GETFD, pidfd, descriptor, 0))
}

export function closeDescriptor(descriptor: number): void {
  calls.close(descriptor)
}

const written = new Uint32Array(1)
const SOCK_CLOEXEC = 0o2000000
const CLONE_NEWNET = 0x40000000
// The same on every architecture: both are younger than the common table (Linux 5.1).
const PIDFD_OPEN = 434
const PIDFD_GETFD = 438

// Some numbers have two names; the common one comes first.
const codes = new Map(Object.entries(koffi.os.errno).toReversed().map(([code, number]) => [number, code]))

function checked(call: string, result: number): number {
  if (result >= 0) return result
  throw refusal(call)
}

function refusal(call: string): SystemError {
  const errno = koffi.errno()
  return new SystemError(call, codes.get(errno) ?? `errno ${errno}`)
}
