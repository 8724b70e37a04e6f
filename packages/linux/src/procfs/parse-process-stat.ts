import { ShapeError } from '../text/shape-error.ts'

export type ProcessStat = {
  pid: number
  /** Byte text: the first 15 bytes of the executable's or the thread's name. */
  name: string
  parent: number
  /** A thread of the kernel, which has no executable and no files. */
  kernelThread: boolean
  /** A zombie: only its entry remains until its parent reads the exit status. */
  ended: boolean
  /** Clock ticks (hundredths of a second) from boot to the process's start. */
  startTicks: number
}

/**
 * Parses `/proc/PID/stat` (fs/proc/array.c, do_task_stat; proc_pid_stat(5)): fields 1, 2, 3, 4, 9 and 22, in decimal.
 * The name is in parentheses and may itself contain spaces, parentheses and newlines. Throws ShapeError.
 */
export function parseProcessStat(text: string, file = '/proc/PID/stat'): ProcessStat {
  const open = text.indexOf(' (')
  const close = text.lastIndexOf(') ')
  const fields = text.slice(close + 2).split(' ')
  const numbers = [text.slice(0, open), fields[1], fields[6], fields[19]].map((field) =>
    field !== undefined && /^\d+$/.test(field) ? Number(field) : Number.NaN,
  )
  if (open === -1 || close < open || fields.length < 20 || numbers.some(Number.isNaN)) {
    throw new ShapeError(file, 1, 'a pid, a name in parentheses and at least 20 fields', text)
  }
  const [pid = 0, parent = 0, flags = 0, startTicks = 0] = numbers
  return {
    pid,
    name: text.slice(open + 2, close),
    parent,
    kernelThread: (flags & PF_KTHREAD) !== 0,
    ended: /^[ZX]$/.test(fields[0] ?? ''),
    startTicks,
  }
}

const PF_KTHREAD = 0x200000

/**
 * Parses the line `btime` of `/proc/stat` (fs/proc/stat.c): the boot time in seconds since the epoch. The value moves
 * with the clock, so a time computed from it is kept and not computed again. Throws ShapeError.
 */
export function parseBootTime(text: string, file = '/proc/stat'): number {
  const seconds = /^btime (\d+)$/m.exec(text)?.[1]
  if (seconds === undefined) throw new ShapeError(file, 1, 'a line btime', text)
  return Number(seconds)
}

/** When a process started, in milliseconds since the epoch. */
export function startTime(stat: ProcessStat, bootTimeSeconds: number): number {
  return bootTimeSeconds * 1000 + stat.startTicks * 10
}

/**
 * Parses `/proc/uptime` (fs/proc/uptime.c): hundredths of a second since boot, including suspended time. Throws
 * ShapeError.
 */
export function parseUptime(text: string, file = '/proc/uptime'): number {
  const match = /^(\d+)\.(\d\d) \d+\.\d\d\n$/.exec(text)
  if (match === null) throw new ShapeError(file, 1, 'seconds with two decimals, twice', text)
  return Number(match[1]) * 100 + Number(match[2])
}

/**
 * Parses a sysctl file that holds one unsigned decimal, such as `/proc/sys/net/core/optmem_max` (bytes). Throws
 * ShapeError.
 */
export function parseSysctl(text: string, file: string): number {
  if (!/^\d{1,15}\n$/.test(text)) throw new ShapeError(file, 1, 'one unsigned number', text)
  return Number(text)
}

/**
 * Parses the last number of `/proc/loadavg` (fs/proc/loadavg.c): the newest pid in the reader's pid namespace. Throws
 * ShapeError.
 */
export function parseLastPid(text: string, file = '/proc/loadavg'): number {
  const pid = /^\S+ \S+ \S+ \d+\/\d+ (\d+)\n$/.exec(text)?.[1]
  if (pid === undefined) throw new ShapeError(file, 1, 'three averages, two counts and a pid', text)
  return Number(pid)
}
