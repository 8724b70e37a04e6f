import { parseDescriptor, parseProcessStat } from '@slashzero/linux'
import type { ProcessStat } from '@slashzero/linux'
import { isRefusal } from '../io/kernel.ts'
import type { Kernel } from '../io/kernel.ts'
import type { RunRecorder } from '../pass/record-runs.ts'

export type Process = ProcessStat & {
  /** Inode of its network namespace; null where only a process with more rights can tell. */
  namespace: number | null
  /** Started less than a minute ago: it may yet execute another program and open its descriptors. */
  young: boolean
}

/** The processes that have files, each read when it is new, while it is young, and now and then, for its pid may be used again. */
export function createProcessList(kernel: Kernel): (runs: RunRecorder, uptimeTicks: number) => Process[] {
  let known = new Map<number, Process>()
  let pass = 0
  return (runs, uptimeTicks) =>
    runs.attempt('processes', () => {
      const own = readOwnNamespace(kernel)
      const turn = (pass += 1) % READ_AGAIN_AFTER
      const alive = new Map<number, Process>()
      let hidden = 0
      for (const entry of kernel.listFolder('/proc')) {
        if (!/^\d+$/.test(entry)) continue
        const pid = Number(entry)
        const before = known.get(pid)
        const keep = before !== undefined && !before.young && pid % READ_AGAIN_AFTER !== turn
        const process = keep ? before : readProcess(kernel, pid, own, uptimeTicks)
        if (process === null) continue
        alive.set(pid, process)
        if (process.namespace === null && !process.kernelThread) hidden += 1
      }
      known = alive
      if (hidden > 0) {
        runs.failed('namespaces', `the network namespaces of ${hidden} processes cannot be told: needs CAP_SYS_PTRACE`)
      }
      return [...alive.values()].filter((process) => !process.kernelThread)
    }, [])
}

/** Passes from one reading of a process to the next. */
const READ_AGAIN_AFTER = 8
const YOUNG_TICKS = 6000

type OwnNamespace = { namespace: number; table: number }

function readOwnNamespace(kernel: Kernel): OwnNamespace | null {
  const descriptor = parseDescriptor(kernel.readLink('/proc/thread-self/ns/net'))
  if (descriptor.kind !== 'namespace') return null
  try {
    return { namespace: descriptor.inode, table: kernel.identify('/proc/thread-self/net/protocols').inode }
  } catch {
    return { namespace: descriptor.inode, table: -1 }
  }
}

function readProcess(kernel: Kernel, pid: number, own: OwnNamespace | null, uptimeTicks: number): Process | null {
  try {
    const file = `/proc/${pid}/stat`
    const stat = parseProcessStat(kernel.readText(file), file)
    if (stat.ended) return null
    const namespace = stat.kernelThread ? null : readNamespace(kernel, pid, own)
    return { ...stat, namespace, young: uptimeTicks - stat.startTicks < YOUNG_TICKS }
  } catch (error) {
    if (isRefusal(error, 'ENOENT', 'ESRCH')) return null
    throw error
  }
}

function readNamespace(kernel: Kernel, pid: number, own: OwnNamespace | null): number | null {
  try {
    const descriptor = parseDescriptor(kernel.readLink(`/proc/${pid}/ns/net`))
    return descriptor.kind === 'namespace' ? descriptor.inode : null
  } catch (error) {
    if (!isRefusal(error, 'EACCES', 'EPERM')) throw error
    // Without rights the link is closed, but a namespace's own tables are one file, whichever process they are read through.
    const table = kernel.identify(`/proc/${pid}/net/protocols`).inode
    return own?.table === table ? own.namespace : null
  }
}
