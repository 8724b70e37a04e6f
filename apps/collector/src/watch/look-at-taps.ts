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
    const atBridges = new Map<string, Counts | null>()
    const look = () => {
      for (const tap of group) {
        const { countedOn } = tap
        const counts =
          countedOn == null ? readCounts(kernel, tap.name, tap.ifindex) : readAtBridge(countedOn, atBridges, kernel)
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

function readAtBridge(bridge: string, known: Map<string, Counts | null>, kernel: Kernel): Counts | null {
  const counts = known.get(bridge) ?? readCounts(kernel, bridge, null)
  known.set(bridge, counts)
  return counts
}

/** Null if another interface has the name by now, or if it cannot be read. `ifindex`: null for any. */
function readCounts(kernel: Kernel, name: string, ifindex: number | null): Counts | null {
  try {
    const file = `${OWN_TABLES}/dev_snmp6/${name}`
    const read = parseDevSnmp6(kernel.readText(file), file)
    return ifindex === null || read.ifindex === ifindex ? read : null
  } catch {
    return null
  }
}
