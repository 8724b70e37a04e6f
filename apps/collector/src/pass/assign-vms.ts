import { deriveOnce } from '../derive-once.ts'
import type { HeldTap } from '../probes/process/find-holders.ts'
import type { Vm } from '../probes/process/identify-vms.ts'
import type { Tap } from '../probes/namespace/read-taps.ts'
import type { Survey } from '../probes/namespace/survey-namespace.ts'

/**
 * Finds the VM of each tap by name: first in the namespace of the process, then in another namespace if only one has
 * the name and no VM there has the tap open. A tap that two VMs seem to have open, or a `doubtful` tap, gets no VM.
 */
export function assignVms(
  vms: readonly Vm[],
  surveys: readonly Survey[],
  doubtful: ReadonlySet<Tap>,
): ReadonlyMap<Tap, Vm> {
  const near = new Map<Tap, Vm | null>()
  const far = new Map<Tap, Vm | null>()
  const byNamespace = new Map(surveys.map(({ namespace, taps }) => [namespace.id, indexTaps(taps)]))
  let everywhere: ReadonlyMap<Key, Tap[]> | null = null
  for (const vm of vms) {
    const own = vm.namespace === null ? undefined : byNamespace.get(vm.namespace)
    for (const held of vm.taps) {
      const key = keyOf(held)
      const at = own?.get(key)
      if (at === undefined) everywhere ??= groupTaps(byNamespace.values())
      const [elsewhere, ...others] = at === undefined ? (everywhere?.get(key) ?? []) : []
      if (at !== undefined) claim(near, at, vm)
      else if (elsewhere !== undefined && others.length === 0) claim(far, elsewhere, vm)
    }
  }
  const owners = [...new Map([...far, ...near])]
  return new Map(owners.flatMap(([tap, vm]): [Tap, Vm][] => (vm === null || doubtful.has(tap) ? [] : [[tap, vm]])))
}

/**
 * Taps by the key that processes have them open by: the name of a tap, the ifindex of a macvtap. Either is unique in
 * its namespace. A linear search would be too slow for thousands of taps.
 */
const indexTaps = deriveOnce((taps: readonly Tap[]): ReadonlyMap<Key, Tap> => {
  const byKey = new Map<Key, Tap>()
  for (const tap of taps) {
    const key = tap.kind === 'tap' ? tap.byteName : tap.kind === 'macvtap' ? tap.ifindex : null
    if (key !== null && !byKey.has(key)) byKey.set(key, tap)
  }
  return byKey
})

type Key = string | number

function groupTaps(indexes: Iterable<ReadonlyMap<Key, Tap>>): ReadonlyMap<Key, Tap[]> {
  const groups = new Map<Key, Tap[]>()
  for (const byKey of indexes) for (const [key, tap] of byKey) groups.set(key, [...(groups.get(key) ?? []), tap])
  return groups
}

function keyOf(held: HeldTap): Key {
  return 'tap' in held ? held.tap : held.macvtap
}

function claim(owners: Map<Tap, Vm | null>, tap: Tap, vm: Vm): void {
  const other = owners.get(tap)
  owners.set(tap, other === undefined || other?.pid === vm.pid ? vm : null)
}
