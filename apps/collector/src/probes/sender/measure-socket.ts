import { parseDescriptor, parseSocketMemory } from '@slashzero/linux'
import type { SocketReport } from '@slashzero/contract/report'
import { isRefusal, SystemError } from '../../io/kernel.ts'
import type { Kernel, OtherSocket } from '../../io/kernel.ts'
import type { SenderSocket } from './select-senders.ts'
import type { Survey } from '../namespace/survey-namespace.ts'

export type Measurement = Pick<SocketReport, 'optmemBytes' | 'method' | 'unmeasuredReason'>

/**
 * The option memory of a socket in bytes: from sock_diag if it answered, otherwise from the duplicate, otherwise the
 * reason.
 */
export function measureSocket(
  inode: number,
  diagnosed: Survey['diagnosed'],
  duplicate: OtherSocket | SocketRefusal,
): Measurement {
  const known = diagnosed instanceof Map ? diagnosed.get(inode) : undefined
  if (known !== undefined) return { optmemBytes: known, method: 'sock_diag', unmeasuredReason: null }
  const without = diagnosed instanceof Map ? 'sock_diag: the answer does not have the socket' : diagnosed.unavailable
  if ('refused' in duplicate)
    return { optmemBytes: null, method: null, unmeasuredReason: `${without}; ${duplicate.refused}` }
  return { ...parseSocketMemory(duplicate.memory()), method: 'pidfd', unmeasuredReason: null }
}

export type SocketRefusal = { refused: string }

/**
 * Calls `work` with a duplicate of another process's socket, or with the reason why there is no duplicate. Null if the
 * process has ended or has closed the socket.
 */
export function withSenderSocket<Result>(
  kernel: Kernel,
  pid: number,
  { inode, descriptor }: SenderSocket,
  work: (socket: OtherSocket | SocketRefusal) => Result,
): Result | null {
  if (descriptor === null) {
    return work({
      refused: 'pidfd_getfd: the descriptor is unknown: needs CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH',
    })
  }
  // The descriptor may belong to another file by now.
  const still = readLink(kernel, `/proc/${pid}/fd/${descriptor}`)
  if (still === null || still.kind !== 'socket' || still.inode !== inode) return null
  try {
    return kernel.withSocket(pid, descriptor, inode, work)
  } catch (error) {
    if (isRefusal(error, 'ESRCH', 'EBADF')) return null
    if (!(error instanceof SystemError && error.call.startsWith('pidfd_'))) throw error
    return work({ refused: explain(error) })
  }
}

function readLink(kernel: Kernel, path: string): ReturnType<typeof parseDescriptor> | null {
  try {
    return parseDescriptor(kernel.readLink(path))
  } catch (error) {
    if (isRefusal(error, 'ENOENT', 'ESRCH')) return null
    throw error
  }
}

function explain(error: SystemError): string {
  switch (error.code) {
    case 'ENOSYS':
      return `${error.call}: this kernel is too old (Linux 5.6 or later has it)`
    case 'EPERM':
      return `${error.call}: not permitted: needs CAP_SYS_PTRACE, and kernel.yama.ptrace_scope below 3`
    default:
      return error.message
  }
}
