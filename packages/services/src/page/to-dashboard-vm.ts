import type { DashboardVm } from '@slashzero/contract/page'
import type { VmRecord } from '@slashzero/db'
import { toVmResource } from '../rest/to-vm-resource.ts'
import { toIso } from '../time.ts'

/** A VM as the pages show it. */
export function toDashboardVm(vm: VmRecord): DashboardVm {
  const resource = toVmResource(vm)
  return {
    ...resource,
    demo: vm.demo,
    hypervisor: { ...resource.hypervisor, status: vm.hypervisorStatus, statusReason: vm.hypervisorStatusReason },
    tap:
      resource.tap === null || vm.tapStatus === null || vm.tapStatusReason === null
        ? null
        : { ...resource.tap, status: vm.tapStatus, statusReason: vm.tapStatusReason },
    cause: vm.routeCause,
    countdown: toCountdown(vm),
  }
}

function toCountdown({
  routeEndsAt: endsAt,
  routeEndsBasis: basis,
  routeRenewable: renewable,
}: VmRecord): DashboardVm['countdown'] {
  return endsAt === null || basis === null || renewable === null ? null : { endsAt: toIso(endsAt), basis, renewable }
}
