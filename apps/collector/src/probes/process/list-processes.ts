import { parseDescriptor, parseLastPid, parseProcessStat } from '@slashzero/linux'
import type { ProcessStat } from '@slashzero/linux'
import { isRefusal } from '../../io/kernel.ts'
import type { Kernel } from '../../io/kernel.ts'
import type { RunRecorder } from '../record-runs.ts'

export type Process = ProcessStat & {
  /** Inode of the network namespace; null if the collector may not read it. */
  namespace: number | null
  /** Started less than a minute ago: the process may still execute another program and open descriptors. */
  young: boolean
}

/**
 * Lists the processes without kernel threads. A pass reads a process if the process is new or young, if the kernel may
 * have given the pid to another process, or if its turn has come (every 8 passes).
 */
export function createProcessList(kernel: Kernel): (runs: RunRecorder, uptimeTicks: number) => Process[] {
  let known = new Map<number, Process>()
  let pass = 0
  let lastPid: number | null = null
  return (runs, uptimeTicks) =>
    runs.attempt(
      'processes',
      () => {
        const own = readOwnNamespace(kernel)
        const turn = (pass += 1) % READ_AGAIN_AFTER
        const before = lastPid
        lastPid = readLastPid(kernel)
        const isUsedAgain = findUsedAgain(before, lastPid)
        const alive = new Map<number, Process>()
        let hidden = 0
        for (const entry of kernel.listFolder('/proc')) {
          if (!/^\d+$/.test(entry)) continue
          const pid = Number(entry)
          const seen = known.get(pid)
          const keep = seen !== undefined && !seen.young && pid % READ_AGAIN_AFTER !== turn && !isUsedAgain(pid)
          const process = keep ? seen : readProcess(kernel, pid, own, uptimeTicks)
          if (process === null) continue
          alive.set(pid, process)
          if (process.namespace === null && !process.kernelThread) hidden += 1
        }
        known = alive
        if (hidden > 0) {
          runs.failed('namespaces', `the network namespaces of ${hidden} processes are unknown: needs CAP_SYS_PTRACE`)
        }
        return [...alive.values()].filter((process) => !process.kernelThread)
      },
      [],
    )
}

/** Passes from one reading of a process to the next. */
const READ_AGAIN_AFTER = 8
const YOUNG_TICKS = 6000

/** The last pid that the kernel gave out; null if unknown. */
function readLastPid(kernel: Kernel): number | null {
  try {
    return parseLastPid(kernel.readText(LOADAVG), LOADAVG)
  } catch (error) {
    if (isRefusal(error, 'ENOENT', 'EACCES')) return null
    throw error
  }
}

const LOADAVG = '/proc/loadavg'

/** The kernel gives out pids in rising order and starts again at the end. */
function findUsedAgain(before: number | null, now: number | null): (pid: number) => boolean {
  if (before === null || now === null) return () => false
  return before <= now ? (pid) => pid > before && pid <= now : (pid) => pid > before || pid <= now
}

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

/** The start of the process with this pid, in ticks since boot; null if the process has ended. */
export function readStart(kernel: Kernel, pid: number): number | null {
  const file = `/proc/${pid}/stat`
  try {
    return parseProcessStat(kernel.readText(file), file).startTicks
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
    // The link is not readable without rights, but all processes of one namespace share one table file.
    const table = kernel.identify(`/proc/${pid}/net/protocols`).inode
    return own?.table === table ? own.namespace : null
  }
}
