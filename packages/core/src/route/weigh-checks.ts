import type { RouteCheckMethod } from '@slashzero/contract/report'
import type { RouteCheckState } from '../state.ts'

/**
 * A check without an end of the route is stale after ten minutes: by then the router has advertised again, or should
 * have (MaxRtrAdvInterval is 600 s by default; RFC 4861, 6.2.1).
 */
export const STALE_AFTER = 600_000
/** Checks within two minutes of each other compete by strength; an older check yields to the newer. */
const SAME_TIME = 120_000

/** A guest agent and a probe that the same pass asks answer within this time. */
const SAME_PASS = 5000

/** The guest's kernel through the hypervisor; the guest's push over the network; inference from outside. */
const STRENGTH: Record<RouteCheckMethod, number> = { 'guest-agent': 3, pushed: 2, 'off-link-probe': 1 }

export type Weighed = {
  /** The check to believe; null if no fresh check could tell. */
  readonly best: RouteCheckState | null
  /** A contradicting check, as fresh as `best`. */
  readonly dissent: RouteCheckState | null
  /** Why `best` is believed and not `dissent`; null without dissent. */
  readonly why: string | null
  /** The newest check, whatever its result; null if there never was a check. */
  readonly latest: RouteCheckState | null
}

/**
 * Chooses the strongest of the freshest checks. A present route with a reason yields to a contradicting check. While
 * the verdict follows an off-link answer (`followed`), only the next probe changes the verdict.
 */
export function weighChecks(
  checks: readonly RouteCheckState[],
  now: number,
  followed: RouteCheckMethod | null,
): Weighed {
  const [only, another] = checks
  if (only !== undefined && another === undefined) {
    const best = only.defaultRoute !== 'unknown' && !isStale(only, now) ? only : null
    return { best, dissent: null, why: null, latest: only }
  }
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
  if (isDoubtful(dissent)) return `the other method cannot tell whether its route still holds: ${dissent.reason}`
  switch (best.method) {
    case 'guest-agent':
      return "it reads the guest's own routes"
    case 'pushed':
      return 'it comes from the guest itself'
    case 'off-link-probe':
      return isPresent(best) ? 'an answer proves that a route leads back' : 'no other check is as recent'
    default:
      return best.method satisfies never
  }
}

/** Whether a check is too old to count; a known end of the route keeps it fresh. */
export function isStale(check: RouteCheckState, now: number): boolean {
  return check.expiresAt === null && now - check.checkedAt >= STALE_AFTER
}

function isPresent(check: RouteCheckState): boolean {
  return check.defaultRoute === 'present'
}
