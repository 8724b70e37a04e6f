import { parseDescriptor, showBytes } from '@slashzero/linux'
import { isRefusal } from '../../io/kernel.ts'
import type { Kernel } from '../../io/kernel.ts'
import type { RunRecorder } from '../record-runs.ts'
import type { Process } from '../process/list-processes.ts'

export type Namespace = {
  /** Inode on nsfs. */
  id: number
  /** Name in `/run/netns`; null if it has no name. */
  name: string | null
  /** The path to enter it by; null for the collector's own namespace. */
  entrance: string | null
  /** The folder with the tables, readable without entering; null if no process is in the namespace. */
  tables: string | null
}

/**
 * Lists the network namespaces that have a process or a name in `/run/netns`, the collector's own first. Others are
 * missing, because the kernel has no list of namespaces.
 */
export function listNamespaces(kernel: Kernel, processes: readonly Process[], runs: RunRecorder): Namespace[] {
  const namespaces = new Map<number, Namespace>()
  runs.attempt(
    'namespaces',
    () => {
      const own = parseDescriptor(kernel.readLink('/proc/thread-self/ns/net'))
      if (own.kind !== 'namespace') throw new Error('/proc/thread-self/ns/net is not a link to a network namespace')
      const names = readNames(kernel)
      const describe = (id: number, entrance: string | null, tables: string | null): void => {
        const name = names.get(id)
        const shown = name === undefined ? null : showBytes(name)
        const lasting = name === undefined ? entrance : `${NAMES}/${name}`
        namespaces.set(id, { id, name: shown, entrance: entrance === null ? null : lasting, tables })
      }
      describe(own.inode, null, OWN_TABLES)
      // The oldest process of a namespace is the least likely to end during the read.
      for (const { pid, namespace } of processes.toSorted((a, b) => a.startTicks - b.startTicks)) {
        if (namespace === null || namespaces.has(namespace) || !isStillIn(kernel, pid, namespace)) continue
        describe(namespace, `/proc/${pid}/ns/net`, `/proc/${pid}/net`)
      }
      for (const [id, name] of names) if (!namespaces.has(id)) describe(id, `${NAMES}/${name}`, null)
    },
    undefined,
  )
  return [...namespaces.values()]
}

/** Runs `work` in a namespace, at once if it is the collector's own. Throws as Kernel.inNamespace does. */
export function within<Result>(
  kernel: Pick<Kernel, 'inNamespace'>,
  { id, entrance }: Pick<Namespace, 'id' | 'entrance'>,
  work: () => Result,
): Result {
  return entrance === null ? work() : kernel.inNamespace(entrance, id, work)
}

/** A pass does not read every process, and a process can move to another namespace. */
function isStillIn(kernel: Kernel, pid: number, namespace: number): boolean {
  try {
    const descriptor = parseDescriptor(kernel.readLink(`/proc/${pid}/ns/net`))
    return descriptor.kind === 'namespace' && descriptor.inode === namespace
  } catch (error) {
    if (isRefusal(error, 'ENOENT', 'ESRCH', 'EACCES', 'EPERM')) return false
    throw error
  }
}

export const OWN_TABLES = '/proc/thread-self/net'
const NAMES = '/run/netns'

/** Names by namespace. `ip netns add` and a reboot can leave files in `/run/netns` that are not namespaces. */
function readNames(kernel: Kernel): Map<number, string> {
  const { device } = kernel.identify('/proc/thread-self/ns/net')
  const names = new Map<number, string>()
  for (const name of listNames(kernel)) {
    try {
      const identity = kernel.identify(`${NAMES}/${name}`)
      if (identity.device === device) names.set(identity.inode, name)
    } catch (error) {
      if (!isRefusal(error, 'ENOENT')) throw error
    }
  }
  return names
}

function listNames(kernel: Kernel): string[] {
  try {
    return kernel.listFolder(NAMES)
  } catch (error) {
    if (isRefusal(error, 'ENOENT')) return []
    throw error
  }
}
