import type { Report } from '@slashzero/contract/report'
import { findRadvdConf, parseCapabilities, parseCgroup, parseDescriptor, splitCommandLine } from '@slashzero/linux'
import type { Manager } from '@slashzero/linux'
import { isRefusal } from '../io/kernel.ts'
import type { Kernel } from '../io/kernel.ts'
import type { Surroundings } from './give-steps.ts'

/** What the next command depends on beside the report. */
export function readSurroundings(kernel: Kernel, { namespaces }: Report): Surroundings {
  const senders = namespaces.flatMap((namespace) => namespace.senders)
  const managers = senders.flatMap(({ pid }): [number, Manager][] => {
    const manager = attempt(() => parseCgroup(kernel.readText(`/proc/${pid}/cgroup`)))
    return manager === null ? [] : [[pid, manager]]
  })
  const configurations = senders.flatMap(({ pid, daemon, configuration }): [number, string][] => {
    const path = configuration?.path ?? (daemon === 'radvd' ? attempt(() => readRadvdConf(kernel, pid)) : null)
    // A configuration on the command line has no file.
    return path?.startsWith('/') === true ? [[pid, path]] : []
  })
  const contained = new Set([
    ...managers.flatMap(([pid, { kind }]) => (kind === 'container' ? [pid] : [])),
    ...senders.flatMap(({ pid }) => (isInside(kernel, pid) ? [pid] : [])),
  ])
  const own = attempt(() => parseDescriptor(kernel.readLink('/proc/thread-self/ns/net')))
  const isRoot = process.geteuid?.() === 0
  return {
    isRoot,
    ownNamespace: own?.kind === 'namespace' ? own.inode : null,
    // A control group in a container can end in the name of a unit that the host has too.
    managers: new Map(managers.filter(([pid, { kind }]) => kind === 'container' || !contained.has(pid))),
    configurations: new Map(configurations),
    contained,
  }
}

/** The configuration file that a radvd's command line names. */
function readRadvdConf(kernel: Kernel, pid: number): string {
  return findRadvdConf(splitCommandLine(kernel.readText(`/proc/${pid}/cmdline`)))
}

/** Whether the process is in a PID namespace below this process's: NSpid of proc_pid_status(5) has several numbers. */
function isInside(kernel: Kernel, pid: number): boolean {
  return attempt(() => /^NSpid:\t\d+\t/m.test(kernel.readText(`/proc/${pid}/status`))) === true
}

/** The effective capabilities of this process; null if they cannot be read. */
export function readCapabilities(kernel: Kernel): ReadonlySet<string> | null {
  const file = '/proc/thread-self/status'
  return attempt(() => parseCapabilities(kernel.readText(file), file))
}

function attempt<Result>(read: () => Result): Result | null {
  try {
    return read()
  } catch (error) {
    if (isRefusal(error, 'ENOENT', 'ESRCH', 'EACCES', 'EPERM')) return null
    throw error
  }
}
