import { readFileSync, readdirSync } from 'node:fs'

/** `/proc/PID/stat` counts in ticks of 10 ms: USER_HZ is 100 on every architecture that Node runs on. */
const TICK = 10
const KIBIBYTE = 1024

type Stat = { readonly pid: number; readonly parent: number; readonly ticks: number; readonly own: number }

/**
 * CPU time in milliseconds that a process, its descendants, and the children it has already waited for have used.
 * Source: fs/proc/array.c, fields utime, stime, cutime and cstime.
 */
export function readTreeCpu(root: number): number {
  const all = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => readStat(Number(entry)) ?? [])
  const tree = new Set([root])
  for (let size = 0; size !== tree.size;) {
    size = tree.size
    for (const { pid, parent } of all) if (tree.has(parent)) tree.add(pid)
  }
  const members = all.filter(({ pid }) => tree.has(pid))
  if (!members.some(({ pid }) => pid === root))
    throw new Error(`Process ${root} has ended, so its CPU time is unknown.`)
  return members.reduce((sum, { ticks }) => sum + ticks, 0) * TICK
}

/** CPU time in milliseconds of the main thread of a process. */
export function readThreadCpu(pid: number): number {
  const stat = readStat(pid, `/proc/${pid}/task/${pid}/stat`)
  if (stat === null) throw new Error(`Process ${pid} has ended, so its CPU time is unknown.`)
  return stat.own * TICK
}

/** The parent of a process. Throws if this machine has no such process. */
export function readParent(pid: number): number {
  const stat = readStat(pid)
  if (stat === null) throw new Error(`There is no process ${pid} on this machine.`)
  return stat.parent
}

/** Resident and anonymous memory of a process in bytes (fs/proc/task_mmu.c, kB meaning KiB). */
export function readMemory(pid: number): { readonly resident: number; readonly anonymous: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const field = (name: string) => {
    const value = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]
    if (value === undefined) throw new Error(`/proc/${pid}/status has no ${name}.`)
    return Number(value) * KIBIBYTE
  }
  return { resident: field('VmRSS'), anonymous: field('RssAnon') }
}

/** Null if the process has ended. */
function readStat(pid: number, path = `/proc/${pid}/stat`): Stat | null {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return null
  }
  // The name, in parentheses, may hold spaces and parentheses; the third field follows the last of them.
  const fields = text
    .slice(text.lastIndexOf(') ') + 2)
    .split(' ')
    .map(Number)
  const [, parent = 0] = fields
  const [user = 0, system = 0, ofChildren = 0, systemOfChildren = 0] = fields.slice(11, 15)
  const own = user + system
  return { pid, parent, ticks: own + ofChildren + systemOfChildren, own }
}
