import { toVisible } from '@slashzero/contract/report'
import type { RouteCheckReport } from '@slashzero/contract/report'
import type { Vm } from '../probes/process/identify-vms.ts'

type Identity = Pick<Vm, 'name' | 'uuid'>

/**
 * A uuid identifies a VM; a name identifies a VM without uuid. If several processes have the same identity (a copied
 * configuration, or a process that pretends to be a VM), their checks become `unknown`.
 */
export function blankAmbiguousVms(checks: RouteCheckReport[], vms: readonly Identity[]): RouteCheckReport[] {
  const byUuid = countBy(vms, ({ uuid }) => uuid)
  // The server compares visible names, and two different names can look the same.
  const byName = countBy(vms, ({ name }) => toVisible(name))
  const explain = ({ name, uuid }: Identity): string | null => {
    if (uuid !== null) return (byUuid.get(uuid) ?? 0) > 1 ? 'several VMs here have this uuid' : null
    return (byName.get(toVisible(name)) ?? 0) > 1 ? 'several VMs here have this name, and this one has no uuid' : null
  }
  return checks.map((check) => {
    const reason = explain(check.vm)
    return reason === null
      ? check
      : { ...check, defaultRoute: 'unknown', reason, gateway: null, expiresInSeconds: null }
  })
}

function countBy(vms: readonly Identity[], keyOf: (vm: Identity) => string | null): Map<string | null, number> {
  return new Map(Array.from(Map.groupBy(vms, keyOf), ([key, group]) => [key, group.length]))
}
