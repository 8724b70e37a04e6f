import { parseSolicitsIn } from '@slashzero/linux'
import { isRefusal } from '../io/kernel.ts'
import type { Kernel } from '../io/kernel.ts'
import { OWN_TABLES, within } from '../probes/namespace/list-namespaces.ts'

/**
 * Tells in which namespaces a Router Solicitation has come, by one number for all interfaces of each. Call the function again and again
 * with the namespaces to ask and how to enter them, null for the own one; out: those in which one had come by the call before, which
 * gives a daemon the time from one call to the next to answer. A namespace that has ended has heard none.
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
    // It ended, or its process did; or there is no IPv6, of which the pass tells.
    if (isRefusal(error, 'ENOENT', 'ESRCH', 'EPERM', 'EACCES')) return null
    throw error
  }
}
