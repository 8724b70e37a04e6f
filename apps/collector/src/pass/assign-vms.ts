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
  const byNamespace = new Map(surveys.map(({ namespace, taps }) => [namespace.id, index(taps)]))
  const everywhere = index(surveys.flatMap(({ taps }) => taps))
  for (const vm of vms) {
    const own = vm.namespace === null ? undefined : byNamespace.get(vm.namespace)
    for (const held of vm.taps) {
      const key = keyOf(held)
      const [at] = own?.get(key) ?? []
      const [elsewhere, ...others] = at === undefined ? (everywhere.get(key) ?? []) : []
      if (at !== undefined) claim(near, at, vm)
      else if (elsewhere !== undefined && others.length === 0) claim(far, elsewhere, vm)
    }
  }
  const owners = [...new Map([...far, ...near])]
  return new Map(owners.flatMap(([tap, vm]): [Tap, Vm][] => (vm === null || doubtful.has(tap) ? [] : [[tap, vm]])))
}

/** Groups taps by the key that processes have them open by. A linear search would be too slow for thousands of taps. */
function index(taps: readonly Tap[]): Map<string | null, Tap[]> {
  return Map.groupBy(taps, ({ kind, byteName, ifindex }) => {
    return kind === 'tap' ? keyOf({ tap: byteName }) : kind === 'macvtap' ? keyOf({ macvtap: ifindex }) : null
  })
}

function keyOf(held: HeldTap): string {
  return 'tap' in held ? `tap ${held.tap}` : `macvtap ${held.macvtap}`
}

function claim(owners: Map<Tap, Vm | null>, tap: Tap, vm: Vm): void {
  const other = owners.get(tap)
  owners.set(tap, other === undefined || other?.pid === vm.pid ? vm : null)
}
