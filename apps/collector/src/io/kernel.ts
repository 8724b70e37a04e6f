import type { NetlinkMessage } from '@slashzero/linux'
import { codeOf } from '@slashzero/contract/report'

/**
 * All that the collector asks of the machine. Text is byte text (one character a byte), so that names which are
 * not UTF-8 survive. Whatever cannot be had throws SystemError. Everything answers at once but `readTextAsync`.
 */
export type Kernel = {
  readonly readText: (path: string) => string
  /** For files whose reading can hang, such as the command line of a process whose memory map is locked. */
  readonly readTextAsync: (path: string) => Promise<string>
  readonly listFolder: (path: string) => string[]
  readonly readLink: (path: string) => string
  readonly identify: (path: string) => FileIdentity
  /**
   * Reads a file of at most 1 MiB in the file system that begins at the folder `root`, where also its links end, unless it is the
   * `known` one. Can hang as `readTextAsync` can. Linux 5.6.
   */
  readonly readConfined: (root: string, path: string, known: FileIdentity | null) => Promise<ConfinedFile>
  /** The names of at most 4096 files and links to files in a folder, under the same conditions. */
  readonly listConfined: (root: string, path: string) => Promise<string[]>

  /**
   * Runs `work` in the network namespace that has this inode and that `path` stands for, then comes back; ENOENT where `path` leads to
   * another by now. Needs CAP_SYS_ADMIN. In there, `/proc/thread-self/net`, `/proc/sys/net`, the dumps and the calibration are that
   * namespace's.
   */
  readonly inNamespace: <Result>(path: string, inode: number, work: () => Result) => Result
  /** RTM_GETLINK. */
  readonly dumpLinks: Dump
  /** sock_diag of raw ICMPv6 sockets. */
  readonly dumpRawSockets: Dump
  /** The limit of option memory in bytes, found by trying; for where no file shows it. */
  readonly searchOptmemMax: () => number
  /** SO_MEMINFO of a fresh UDPv6 socket before and after it joined ff02::2 on `lo`. */
  readonly calibrate: () => { before: Uint8Array; after: Uint8Array }
  /**
   * Asks about the socket of this inode that process `pid` has as `descriptor`, through a duplicate that is closed when `work` returns;
   * EBADF where the descriptor is something else by now.
   */
  readonly withSocket: <Result>(
    pid: number,
    descriptor: number,
    inode: number,
    work: (socket: OtherSocket) => Result,
  ) => Result
}

/**
 * A netlink dump: what `parse` makes of each message. The message is overwritten once `parse` has returned, for a host of thousands of
 * interfaces has megabytes of them. Throws NetlinkError, ShapeError, and what `parse` throws.
 */
export type Dump = <Row>(parse: (message: NetlinkMessage) => Row) => Row[]

/** `text` is null where the file is the known one. */
export type ConfinedFile = { identity: FileIdentity; text: string | null }

export type FileIdentity = { device: number; inode: number; modifiedMilliseconds: number }

/** Another process's socket. It can only be asked: reading from it would steal that process's packets. */
export type OtherSocket = {
  /** Answer to SO_MEMINFO. */
  readonly memory: () => Uint8Array
  /** Whether it is a member of ff02::2 on this interface, which need not exist any more. */
  readonly holdsAllRouters: (ifindex: number) => boolean
}

/** A refusal of the kernel: `code` is the name of its errno. */
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
  EAFNOSUPPORT: 'this family of sockets is not in this kernel, or not allowed to the service (EAFNOSUPPORT)',
}

/** A refusal of a call of Node's, which names its errno, as a SystemError; any other error stays as it is. */
export function toSystemError(call: string, error: unknown): unknown {
  const code = codeOf(error)
  return code === undefined || error instanceof SystemError ? error : new SystemError(call, code)
}

/** Whether an error is a refusal with one of these codes. */
export function isRefusal(error: unknown, ...codes: string[]): error is SystemError {
  return error instanceof SystemError && codes.includes(error.code)
}
