import { parseSolicitsIn } from '@slashzero/linux'
import { isRefusal } from '../io/kernel.ts'
import type { Kernel } from '../io/kernel.ts'
import { OWN_TABLES, within } from '../probes/namespace/list-namespaces.ts'

/**
 * Finds namespaces with a new Router Solicitation, by one counter for all their interfaces. Call regularly, with
 * entrances (null: own). Out: counters that had risen at the call before, so that a daemon has time to answer.
 */
export function createSolicitHearing(kernel: Kernel): (namespaces: ReadonlyMap<number, string | null>) => number[] {
  let counts = new Map<number, number>()
  let heard: number[] = []
  return (namespaces) => {
    const before = counts
    const due = heard.filter((namespace) => namespaces.has(namespace))
    counts = new Map()
    heard = []
    for (const [namespace, entrance] of namespaces) {
      const count = readSolicitsIn(kernel, namespace, entrance)
      if (count === null) continue
      counts.set(namespace, count)
      if (count !== (before.get(namespace) ?? count)) heard.push(namespace)
    }
    return due
  }
}

function readSolicitsIn(kernel: Kernel, namespace: number, entrance: string | null): number | null {
  const file = `${OWN_TABLES}/snmp6`
  try {
    return within(kernel, { id: namespace, entrance }, () => parseSolicitsIn(kernel.readText(file), file))
  } catch (error) {
    // The namespace or its process ended, or the kernel has no IPv6; the pass reports missing IPv6.
    if (isRefusal(error, 'ENOENT', 'ESRCH', 'EPERM', 'EACCES')) return null
    throw error
  }
}
