import type { NetlinkMessage } from '@slashzero/linux'
import { codeOf } from '@slashzero/contract/report'

/**
 * All that the collector asks of the machine. Text is byte text, so that names that are not UTF-8 survive. A call that
 * the kernel refuses throws SystemError. Only functions that return a promise may wait.
 */
export type Kernel = {
  readonly readText: (path: string) => string
  /** Reads a file of procfs unless its bytes are the `known` bytes; null if they are. */
  readonly readChanged: (path: string, known: Uint8Array | null) => { bytes: Uint8Array; text: string } | null
  /** For files whose reading can hang, such as the command line of a process whose memory map is locked. */
  readonly readTextAsync: (path: string) => Promise<string>
  readonly listFolder: (path: string) => string[]
  readonly readLink: (path: string) => string
  readonly identify: (path: string) => FileIdentity
  /**
   * Reads a file of at most 1 MiB in the file system whose root is the folder `root`; links cannot lead out of `root`.
   * Does not read a file that is the `known` file. Can hang as `readTextAsync` can.
   */
  readonly readConfined: (root: string, path: string, known: FileIdentity | null) => Promise<ConfinedFile>
  /** The names of at most 4096 files and links to files in a folder, under the same conditions. */
  readonly listConfined: (root: string, path: string) => Promise<string[]>

  /**
   * Runs `work` in the network namespace at `path` (proc files, dumps and calibration included), then comes back.
   * Throws ENOENT if another namespace is at `path` by now. Needs CAP_SYS_ADMIN.
   */
  readonly inNamespace: <Result>(path: string, inode: number, work: () => Result) => Result
  /** RTM_GETLINK. */
  readonly dumpLinks: Dump
  /** sock_diag of raw ICMPv6 sockets. */
  readonly dumpRawSockets: Dump
  /** The limit of option memory in bytes, found by trial, for namespaces without the file. */
  readonly searchOptmemMax: () => number
  /** SO_MEMINFO of a fresh UDPv6 socket before and after it joined ff02::2 on `lo`. */
  readonly calibrate: () => { before: Uint8Array; after: Uint8Array }
  /**
   * Calls `work` with a duplicate of the socket that process `pid` has as `descriptor`, and closes the duplicate when
   * `work` returns. Throws EBADF if the descriptor no longer has this inode.
   */
  readonly withSocket: <Result>(
    pid: number,
    descriptor: number,
    inode: number,
    work: (socket: OtherSocket) => Result,
  ) => Result
}

/**
 * A netlink dump: the results of `parse`, which must copy what it keeps, because the buffer of a message is reused.
 * Throws NetlinkError, ShapeError, and what `parse` throws.
 */
export type Dump = <Row>(parse: (message: NetlinkMessage) => Row) => Row[]

/** `text` is null if the file is the known file. */
export type ConfinedFile = { identity: FileIdentity; text: string | null }

export type FileIdentity = { device: number; inode: number; modifiedMilliseconds: number }

/** A socket of another process. Only questions are possible, because a read would take the process's packets. */
export type OtherSocket = {
  /** The answer to SO_MEMINFO. */
  readonly memory: () => Uint8Array
  /** Whether the socket is a member of ff02::2 on this interface; the interface may be dead. */
  readonly holdsAllRouters: (ifindex: number) => boolean
}

/** A refusal of the kernel; `code` is the name of the errno. */
export class SystemError extends Error {
  override name = 'SystemError'
  readonly code: string
  readonly call: string

  constructor(call: string, code: string) {
    super(`${call}: ${EXPLANATIONS[code] ?? code}`)
    this.code = code
    this.call = call
  }
}

const EXPLANATIONS: Record<string, string> = {
  EACCES: 'permission denied (EACCES)',
  EPERM: 'not permitted (EPERM)',
  ENOENT: 'does not exist (ENOENT)',
  ESRCH: 'no such process (ESRCH)',
  ENOSYS: 'not in this kernel (ENOSYS)',
  EAGAIN: 'no answer in time (EAGAIN)',
  EAFNOSUPPORT: 'this kernel does not have this socket family, or the service may not use it (EAFNOSUPPORT)',
}

/** Turns an error of Node with an errno into a SystemError; returns any other error unchanged. */
export function toSystemError(call: string, error: unknown): unknown {
  const code = codeOf(error)
  return code === undefined || error instanceof SystemError ? error : new SystemError(call, code)
}

/** Whether an error is a refusal of the kernel with one of these codes. */
export function isRefusal(error: unknown, ...codes: string[]): error is SystemError {
  return error instanceof SystemError && codes.includes(error.code)
}
