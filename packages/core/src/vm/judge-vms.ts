import { findByKey } from '../find-by-key.ts'
import { countDown } from '../route/count-down.ts'
import { explainMissing } from '../route/explain-missing.ts'
import { judgeRoute } from '../route/judge-route.ts'
import type { Countdown, HypervisorState, RouteCheckState, RouteVerdict, TapState, VmState } from '../state.ts'
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
  const placeOf = findByKey(taps)
  const findTap = (key: string) => taps[placeOf(key)]
  const byNamespace = Map.groupBy(sockets, ({ namespaceId }) => namespaceId)
  return vms.map((vm) => {
    const { key, name, uuid, tapKeys, checks, memory, previous } = vm
    const before = previous?.route ?? null
    const own = findTaps(tapKeys, findTap)
    const verdict = judgeRoute({ checks, memory, previous: before, taps: own, observedAt, silent, now })
    const around = { verdict, check: findCheck(checks, verdict), taps: own, sockets: byNamespace }
    const countdown = keepCountdown(before?.countdown ?? null, countDown(around))
    const explained = verdict.status === 'missing' || verdict.status === 'expiring'
    const cause = explained ? explainMissing({ ...around, route: verdict, present: latestPresent(vm) }) : null
    const next = { key, name, uuid, tapKeys, route: { ...verdict, cause, countdown }, checks, memory }
    return previous && isSame(previous, next) ? previous : next
  })
}

/** The check that decided the verdict. */
function findCheck(checks: readonly RouteCheckState[], verdict: RouteVerdict): RouteCheckState | null {
  for (const check of checks) {
    if (check.method === verdict.method && check.checkedAt === verdict.checkedAt) return check
  }
  return null
}

function findTaps(keys: readonly string[], find: (key: string) => TapState | undefined): readonly TapState[] {
  const [key, another] = keys
  const tap = key === undefined ? undefined : find(key)
  if (tap !== undefined && another === undefined) return [tap]
  return keys.map(find).filter((one) => one !== undefined)
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
