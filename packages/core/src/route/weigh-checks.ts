import type { RouteCheckMethod } from '@slashzero/contract/report'
import type { RouteCheckState } from '../state.ts'

/**
 * A check that names no end of the route says nothing after ten minutes: MaxRtrAdvInterval is 600 s by default (RFC 4861, 6.2.1),
 * so by then the router has advertised again, or should have, and what was seen may be otherwise.
 */
export const STALE_AFTER = 600_000
/** Checks taken within two minutes of each other compete by strength; an older one yields to the newer. */
const SAME_TIME = 120_000

/** A guest agent and a probe that are asked in the same pass answer within so long of each other. */
const SAME_PASS = 5_000

/** The guest's own kernel through the hypervisor; the guest's own word over the network; what can be inferred from outside. */
const STRENGTH: Record<RouteCheckMethod, number> = { 'guest-agent': 3, pushed: 2, 'off-link-probe': 1 }

export type Weighed = {
  /** The check to believe; null where none that could tell is fresh enough. */
  readonly best: RouteCheckState | null
  /** One that says otherwise, as fresh as `best`. */
  readonly dissent: RouteCheckState | null
  /** Why `best` is believed and not `dissent`; null where nobody dissents. */
  readonly why: string | null
  /** The newest of all, whatever it says; null where there never was one. */
  readonly latest: RouteCheckState | null
}

/**
 * Chooses among the latest checks of all methods: the strongest of the freshest. A known end of the route keeps a check usable.
 * A present route with a reason is one of which the guest could not tell whether it still holds: it yields to whatever contradicts it.
 * An answer to the off-link probe proves that a route leads back, whatever the guest's table said at that time. Where that is `followed`,
 * the method of a verdict that there is a route, a newer look at the same table changes nothing until the probe has asked again.
 */
export function weighChecks(
  checks: readonly RouteCheckState[],
  now: number,
  followed: RouteCheckMethod | null,
): Weighed {
  const newestFirst = checks.toSorted((a, b) => b.checkedAt - a.checkedAt)
  const usable = newestFirst.filter((check) => check.defaultRoute !== 'unknown' && !isStale(check, now))
  const newest = usable[0]
  const rivals = usable.filter((check) => newest && newest.checkedAt - check.checkedAt <= SAME_TIME)
  const contested = rivals.some((check) => !isPresent(check))
  const strengthOf = (check: RouteCheckState): number => (contested && isDoubtful(check) ? 0 : STRENGTH[check.method])
  const strongest = rivals.toSorted((a, b) => strengthOf(b) - strengthOf(a))[0] ?? null
  const proof = rivals.find((check) => check.method === 'off-link-probe' && isPresent(check))
  const isProven = proof && strongest && !isPresent(strongest)
  const best =
    isProven && (followed === proof.method || strongest.checkedAt - proof.checkedAt <= SAME_PASS) ? proof : strongest
  const dissent = rivals.find((check) => best && isPresent(check) !== isPresent(best)) ?? null
  return { best, dissent, why: best && dissent && explain(best, dissent), latest: newestFirst[0] ?? null }
}

function isDoubtful(check: RouteCheckState): boolean {
  return isPresent(check) && check.reason !== null
}

function explain(best: RouteCheckState, dissent: RouteCheckState): string {
  if (isDoubtful(dissent)) return `the other cannot tell whether its route still holds: ${dissent.reason}`
  switch (best.method) {
    case 'guest-agent':
      return "it reads the guest's own routes"
    case 'pushed':
      return 'it is of the guest itself'
    case 'off-link-probe':
      return isPresent(best) ? 'an answer proves that a route leads back' : 'no other is as fresh'
    default:
      return best.method satisfies never
  }
}

export function isStale(check: RouteCheckState, now: number): boolean {
  return check.expiresAt === null && now - check.checkedAt >= STALE_AFTER
}

function isPresent(check: RouteCheckState): boolean {
  return check.defaultRoute === 'present'
}
