import { parseDevSnmp6 } from '@slashzero/linux'
import type { Kernel } from '../io/kernel.ts'
import { OWN_TABLES, within } from '../probes/namespace/list-namespaces.ts'
import type { Counts, WatchedTap } from './track-taps.ts'

/**
 * Reads the solicitations and advertisements of these taps, and nothing else. Leaves unreadable taps out; the next pass
 * says why they cannot be read.
 */
export function lookAtTaps(
  kernel: Kernel,
  taps: readonly WatchedTap[],
  entranceOf: (namespace: number) => string | null | undefined,
): Map<string, Counts> {
  const found = new Map<string, Counts>()
  for (const [namespace, group] of Map.groupBy(taps, (tap) => tap.namespace)) {
    const entrance = entranceOf(namespace)
    const look = () => {
      for (const tap of group) {
        const counts = readCounts(kernel, tap)
        if (counts !== null) found.set(tap.key, counts)
      }
    }
    try {
      if (entrance !== undefined) within(kernel, { id: namespace, entrance }, look)
    } catch {
      // The namespace or its process ended.
    }
  }
  return found
}

function readCounts(kernel: Kernel, { name, ifindex }: WatchedTap): Counts | null {
  try {
    const file = `${OWN_TABLES}/dev_snmp6/${name}`
    const read = parseDevSnmp6(kernel.readText(file), file)
    return read.ifindex === ifindex ? read : null
  } catch {
    return null
  }
}
