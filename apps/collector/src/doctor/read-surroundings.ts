import type { Report } from '@slashzero/contract/report'
import { parseCapabilities, parseCgroup, parseDescriptor } from '@slashzero/linux'
import type { Manager } from '@slashzero/linux'
import { isRefusal } from '../io/kernel.ts'
import type { Kernel } from '../io/kernel.ts'
import type { Surroundings } from './give-steps.ts'

/** What the next command depends on beside the report. */
export function readSurroundings(kernel: Kernel, { namespaces }: Report): Surroundings {
  const pids = namespaces.flatMap(({ senders }) => senders.map((sender) => sender.pid))
  const managers = pids.flatMap((pid): [number, Manager][] => {
    const manager = attempt(() => parseCgroup(kernel.readText(`/proc/${pid}/cgroup`)))
    return manager === null ? [] : [[pid, manager]]
  })
  const configurations = namespaces.flatMap(({ senders }) =>
    senders.flatMap(({ pid, configuration }): [number, string][] => (configuration ? [[pid, configuration.path]] : [])),
  )
  const own = attempt(() => parseDescriptor(kernel.readLink('/proc/thread-self/ns/net')))
  const isRoot = process.geteuid?.() === 0
  return {
    isRoot,
    ownNamespace: own?.kind === 'namespace' ? own.inode : null,
    managers: new Map(managers),
    configurations: new Map(configurations),
  }
}

/** The effective capabilities of this process; null where they cannot be read. */
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
