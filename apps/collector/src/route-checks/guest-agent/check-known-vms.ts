import type { RouteCheckReport } from '@slashzero/contract/report'
import type { GuestRouteChecker, GuestVm } from './guest-route-checker.ts'
import type { Vm } from '../../probes/process/identify-vms.ts'

/** Asks the VMs that were found, and those that the configuration alone names, about their default route. */
export function checkKnownVms(
  checker: GuestRouteChecker,
  guestAgents: ReadonlyMap<string, string>,
): (vms: readonly Vm[], patience?: AbortSignal) => Promise<RouteCheckReport[]> {
  return (vms, patience) => {
    const found = vms.map(({ name, uuid, pid, agentSocketPath }): GuestVm => ({
      name,
      uuid,
      pid,
      agentSocketPath: guestAgents.get(name) ?? agentSocketPath,
    }))
    const names = new Set(vms.map(({ name }) => name))
    const named = [...guestAgents].filter(([name]) => !names.has(name))
    const configured = named.map(([name, agentSocketPath]): GuestVm => ({ name, uuid: null, pid: 0, agentSocketPath }))
    return checker.check([...found, ...configured], patience)
  }
}
