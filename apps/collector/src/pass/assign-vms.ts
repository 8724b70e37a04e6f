import type { Vm } from '../probes/identify-vms.ts'
import type { Port } from '../probes/read-ports.ts'
import type { Survey } from '../probes/survey-namespace.ts'

/**
 * Finds each port's VM. A process has a tap open by name, and names are unique in a namespace only: the tap is looked for in
 * the process's own namespace, then in all others, where it counts if just one has it.
 */
export function assignVms(vms: readonly Vm[], surveys: readonly Survey[]): ReadonlyMap<Port, Vm> {
  const owners = new Map<Port, Vm>()
  for (const vm of vms) {
    for (const held of vm.ports) {
      const isIt = (port: Port): boolean =>
        'tap' in held ? port.kind === 'tap' && port.byteName === held.tap : port.kind === 'macvtap' && port.ifindex === held.macvtap
      const at = surveys.find(({ namespace }) => namespace.id === vm.namespace)?.ports.find(isIt)
      const elsewhere = at === undefined ? surveys.flatMap(({ ports }) => ports.filter(isIt)) : []
      const port = at ?? (elsewhere.length === 1 ? elsewhere[0] : undefined)
      if (port !== undefined) owners.set(port, vm)
    }
  }
  return owners
}
