import type { DashboardVm } from '@slashzero/contract/page'
import type { VmRecord } from '@slashzero/db'
import { toVmResource } from '../rest/to-vm-resource.ts'
import { toIso } from '../time.ts'

/** Turns a stored VM into the VM of a page. */
export function toDashboardVm(vm: VmRecord): DashboardVm {
  const { cause, countdown } = vm.route
  return {
    ...toVmResource(vm),
    demo: vm.hypervisor.demo,
    hypervisor: vm.hypervisor,
    tap: vm.tap,
    cause,
    countdown: countdown && { ...countdown, endsAt: toIso(countdown.endsAt) },
  }
}
