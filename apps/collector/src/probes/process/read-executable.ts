import { parseExecutable } from '@slashzero/linux'
import { isRefusal } from '../../io/kernel.ts'
import type { Kernel } from '../../io/kernel.ts'

/** The program that a process runs; null if the process is gone or the collector lacks the right to see its program. */
export function readExecutable(kernel: Kernel, pid: number): ReturnType<typeof parseExecutable> | null {
  try {
    return parseExecutable(kernel.readLink(`/proc/${pid}/exe`))
  } catch (error) {
    if (isRefusal(error, 'EACCES', 'EPERM', 'ENOENT', 'ESRCH')) return null
    throw error
  }
}
