import type { Report } from '@slashzero/contract/report'
import type { VmState } from '../state.ts'

type Identity = { readonly name: string; readonly uuid: string | null }

/**
 * The key of a VM: its uuid, otherwise its name. A name without a uuid means the only VM with this name and a uuid,
 * unless a tap shows a VM with this name and no uuid.
 */
export function identifyVms(known: readonly VmState[], report: Report): (vm: Identity) => string {
  let names: ReturnType<typeof readNames> | null = null
  return ({ name, uuid }) => {
    if (uuid !== null) return uuid
    names ??= readNames(known, report)
    return names.get(name) ?? `name:${name}`
  }
}

/** The uuid that a name alone means, by name; null for a name that several VMs have. */
function readNames(known: readonly VmState[], { namespaces, routeChecks }: Report): ReadonlyMap<string, string | null> {
  const names = new Map<string, string | null>()
  const note = ({ name, uuid }: Identity) => {
    if (uuid === null) return
    const other = names.get(name)
    names.set(name, other === undefined || other === uuid ? uuid : null)
  }
  for (const vm of known) note(vm)
  for (const { vm } of routeChecks) note(vm)
  for (const { taps } of namespaces) for (const { vm } of taps) if (vm !== null) note(vm)
  for (const { taps } of namespaces) for (const { vm } of taps) if (vm?.uuid === null) names.set(vm.name, null)
  return names
}
