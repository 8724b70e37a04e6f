import type { Vm } from '../probes/identify-vms.ts'
import type { Port } from '../probes/read-ports.ts'
import type { Survey } from '../probes/survey-namespace.ts'

/**
 * Finds each port's VM. A process has a tap open by name, and names are unique in a namespace only: the tap is looked for in
 * the process's own namespace, then in all others, where it counts if just one has it and nobody in that one has it open. A port that
 * two VMs seem to have open, such as one with a tap of that name where nobody looks, is neither's; nor is a `doubtful` one anybody's.
 */
export function assignVms(vms: readonly Vm[], surveys: readonly Survey[], doubtful: ReadonlySet<Port>): ReadonlyMap<Port, Vm> {
  const near = new Map<Port, Vm | null>()
  const far = new Map<Port, Vm | null>()
  for (const vm of vms) {
    for (const held of vm.ports) {
      const isIt = (port: Port): boolean =>
        'tap' in held ? port.kind === 'tap' && port.byteName === held.tap : port.kind === 'macvtap' && port.ifindex === held.macvtap
      const at = surveys.find(({ namespace }) => namespace.id === vm.namespace)?.ports.find(isIt)
      const [elsewhere, ...others] = at === undefined ? surveys.flatMap(({ ports }) => ports.filter(isIt)) : []
      if (at !== undefined) claim(near, at, vm)
      else if (elsewhere !== undefined && others.length === 0) claim(far, elsewhere, vm)
    }
  }
  const owners = [...new Map([...far, ...near])]
  return new Map(owners.flatMap(([port, vm]): [Port, Vm][] => (vm === null || doubtful.has(port) ? [] : [[port, vm]])))
}

function claim(owners: Map<Port, Vm | null>, port: Port, vm: Vm): void {
  const other = owners.get(port)
  owners.set(port, other === undefined || other?.pid === vm.pid ? vm : null)
}
