import { explainMissing } from '../route/explain-missing.ts'
import { judgeRoute } from '../route/judge-route.ts'
import type { HypervisorState, TapState, VmState } from '../state.ts'
import type { FollowedVm } from './follow-vms.ts'

type Around = Pick<HypervisorState, 'taps' | 'sockets' | 'observedAt'> & {
  readonly silentSince: number | null
  readonly now: number
}

/** Judges the route of every VM of a hypervisor, with its cause where it is missing or about to end. */
export function judgeVms(vms: readonly FollowedVm[], { taps, sockets, observedAt, silentSince, now }: Around): VmState[] {
  const byKey = new Map(taps.map((tap) => [tap.key, tap]))
  return vms.map(({ previous, ...vm }) => {
    const own = vm.tapKeys.map((key) => byKey.get(key)).filter((tap): tap is TapState => tap !== undefined)
    const facts = { checks: vm.checks, memory: vm.memory, previous: previous?.route ?? null, taps: own }
    const route = judgeRoute({ ...facts, observedAt, silentSince, now })
    const explained = route.status === 'missing' || route.status === 'expiring'
    return { ...vm, route: { ...route, cause: explained ? explainMissing(own, sockets, route.since) : null } }
  })
}
