import { countDown } from '../route/count-down.ts'
import { explainMissing } from '../route/explain-missing.ts'
import { judgeRoute } from '../route/judge-route.ts'
import type { Countdown, HypervisorState, TapState, VmState } from '../state.ts'
import type { FollowedVm } from './follow-vms.ts'
import { latestPresent } from './merge-checks.ts'

type Around = Pick<HypervisorState, 'taps' | 'sockets' | 'observedAt'> & {
  readonly silent: boolean
  readonly now: number
}

/**
 * Judges the route of every VM of a hypervisor, and explains a missing or expiring route. An unchanged VM keeps its
 * identity.
 */
export function judgeVms(vms: readonly FollowedVm[], { taps, sockets, observedAt, silent, now }: Around): VmState[] {
  const tapOf = new Map(taps.map((tap) => [tap.key, tap]))
  const byNamespace = Map.groupBy(sockets, ({ namespaceId }) => namespaceId)
  return vms.map((vm) => {
    const { key, name, uuid, tapKeys, checks, memory, previous } = vm
    const own: TapState[] = []
    for (const tapKey of tapKeys) {
      const tap = tapOf.get(tapKey)
      if (tap !== undefined) own.push(tap)
    }
    const verdict = judgeRoute({
      checks,
      memory,
      previous: previous?.route ?? null,
      taps: own,
      observedAt,
      silent,
      now,
    })
    const check =
      checks.find(({ method, checkedAt }) => method === verdict.method && checkedAt === verdict.checkedAt) ?? null
    const around = { check, taps: own, sockets: byNamespace }
    const countdown = keepCountdown(previous?.route.countdown ?? null, countDown({ verdict, ...around }))
    const explained = verdict.status === 'missing' || verdict.status === 'expiring'
    const cause = explained ? explainMissing({ route: verdict, present: latestPresent(vm), ...around }) : null
    const next = { key, name, uuid, tapKeys, route: { ...verdict, cause, countdown }, checks, memory }
    return previous && isSame(previous, next) ? previous : next
  })
}

/** A guest reports whole seconds, and the clock skew of each report differs slightly. */
const SAME_END = 2000

function keepCountdown(before: Countdown | null, next: Countdown | null): Countdown | null {
  const same =
    before &&
    next &&
    before.basis === next.basis &&
    before.renewable === next.renewable &&
    Math.abs(before.endsAt - next.endsAt) < SAME_END
  return same ? before : next
}

/** Compares field by field, because there are thousands of VMs. */
function isSame(a: VmState, b: VmState): boolean {
  return (
    a.checks === b.checks &&
    a.memory === b.memory &&
    a.name === b.name &&
    a.uuid === b.uuid &&
    a.tapKeys.length === b.tapKeys.length &&
    a.tapKeys.every((key, index) => key === b.tapKeys[index]) &&
    a.route.status === b.route.status &&
    a.route.reason === b.route.reason &&
    a.route.since === b.route.since &&
    a.route.checkedAt === b.route.checkedAt &&
    a.route.method === b.route.method &&
    a.route.gateway === b.route.gateway &&
    a.route.expiresAt === b.route.expiresAt &&
    a.route.cause === b.route.cause &&
    a.route.countdown === b.route.countdown
  )
}
