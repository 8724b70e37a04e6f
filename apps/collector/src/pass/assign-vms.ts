import type { HeldTap } from '../probes/process/find-holders.ts'
import type { Vm } from '../probes/process/identify-vms.ts'
import type { Tap } from '../probes/namespace/read-taps.ts'
import type { Survey } from '../probes/namespace/survey-namespace.ts'

/**
 * Finds each port's VM. A process has a tap open by name, and names are unique in a namespace only: the tap is looked for in
 * the process's own namespace, then in all others, where it counts if just one has it and nobody in that one has it open. A port that
 * two VMs seem to have open, such as one with a tap of that name where nobody looks, is neither's; nor is a `doubtful` one anybody's.
 */
export function assignVms(
  vms: readonly Vm[],
  surveys: readonly Survey[],
  doubtful: ReadonlySet<Tap>,
): ReadonlyMap<Tap, Vm> {
  const near = new Map<Tap, Vm | null>()
  const far = new Map<Tap, Vm | null>()
  const byNamespace = new Map(surveys.map(({ namespace, ports }) => [namespace.id, index(ports)]))
  const everywhere = index(surveys.flatMap(({ ports }) => ports))
  for (const vm of vms) {
    const own = vm.namespace === null ? undefined : byNamespace.get(vm.namespace)
    for (const held of vm.ports) {
      const key = keyOf(held)
      const [at] = own?.get(key) ?? []
      const [elsewhere, ...others] = at === undefined ? (everywhere.get(key) ?? []) : []
      if (at !== undefined) claim(near, at, vm)
      else if (elsewhere !== undefined && others.length === 0) claim(far, elsewhere, vm)
    }
  }
  const owners = [...new Map([...far, ...near])]
  return new Map(owners.flatMap(([port, vm]): [Tap, Vm][] => (vm === null || doubtful.has(port) ? [] : [[port, vm]])))
}

/** What processes can have open, by how they have it; there are thousands. */
function index(ports: readonly Tap[]): Map<string | null, Tap[]> {
  return Map.groupBy(ports, ({ kind, byteName, ifindex }) => {
    return kind === 'tap' ? keyOf({ tap: byteName }) : kind === 'macvtap' ? keyOf({ macvtap: ifindex }) : null
  })
}

function keyOf(held: HeldTap): string {
  return 'tap' in held ? `tap ${held.tap}` : `macvtap ${held.macvtap}`
}

function claim(owners: Map<Tap, Vm | null>, port: Tap, vm: Vm): void {
  const other = owners.get(port)
  owners.set(port, other === undefined || other?.pid === vm.pid ? vm : null)
}
