import { routeCheckMethod } from '@slashzero/contract/report'
import type { VmResource } from '@slashzero/contract/rest'
import type { VmRecord } from '@slashzero/db'
import { toIso, toIsoOrNull } from '../time.ts'

/** A VM as the REST API answers it. */
export function toVmResource(vm: VmRecord): VmResource {
  return {
    id: vm.id,
    name: vm.name,
    uuid: vm.uuid,
    hypervisor: { id: vm.hypervisorId, name: vm.hypervisorName },
    tap: vm.tapName === null || vm.tapIfindex === null ? null : { name: vm.tapName, ifindex: vm.tapIfindex },
    route: {
      status: vm.routeStatus,
      reason: vm.routeReason,
      since: toIso(vm.routeSince),
      checkedAt: toIsoOrNull(vm.routeCheckedAt),
      method: vm.routeMethod,
      gateway: vm.routeGateway,
      expiresAt: toIsoOrNull(vm.routeExpiresAt),
      checks: routeCheckMethod.options.flatMap((method) =>
        vm.checks.filter((check) => check.method === method).map(toCheck),
      ),
    },
  }
}

function toCheck(check: VmRecord['checks'][number]): VmResource['route']['checks'][number] {
  return { ...check, checkedAt: toIso(check.checkedAt), expiresAt: toIsoOrNull(check.expiresAt) }
}
