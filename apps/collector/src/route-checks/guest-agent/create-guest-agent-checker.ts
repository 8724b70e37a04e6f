import { messageOf } from '@slashzero/contract/report'
import type { Clock } from '../../clock.ts'
import type { Vm } from '../../probes/process/identify-vms.ts'
import { toRun } from '../../probes/to-run.ts'
import type { RouteChecker } from '../route-checker.ts'
import type { GuestRouteChecker, GuestVm } from './guest-route-checker.ts'

/** Asks the guest agents of the VMs that a pass found, and of the VMs that only the configuration names. */
export function createGuestAgentChecker(
  checker: GuestRouteChecker,
  guestAgents: ReadonlyMap<string, string>,
  clock: Clock,
): RouteChecker {
  return {
    async check({ vms }, patience) {
      const began = clock.monotonic()
      const finish = (...errors: string[]) => toRun('guest-routes', clock.monotonic() - began, errors)
      try {
        return { routeChecks: await checker.check(listGuests(vms, guestAgents), patience), run: finish() }
      } catch (error) {
        return { routeChecks: [], run: finish(messageOf(error)) }
      }
    },
    close: checker.close,
  }
}

function listGuests(vms: readonly Vm[], guestAgents: ReadonlyMap<string, string>): GuestVm[] {
  const found = vms.map(({ name, uuid, pid, agentSocketPath }): GuestVm => ({
    name,
    uuid,
    pid,
    agentSocketPath: guestAgents.get(name) ?? agentSocketPath,
  }))
  const names = new Set(vms.map(({ name }) => name))
  const named = [...guestAgents].filter(([name]) => !names.has(name))
  return [...found, ...named.map(([name, agentSocketPath]) => ({ name, uuid: null, pid: 0, agentSocketPath }))]
}
