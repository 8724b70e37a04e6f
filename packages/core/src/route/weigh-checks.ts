import type { RouteCheckMethod } from '@slashzero/contract'
import type { RouteCheckState } from '../state.ts'

/**
 * A check that names no end of the route says nothing after ten minutes: MaxRtrAdvInterval is 600 s by default (RFC 4861, 6.2.1),
 * so by then the router has advertised again, or should have, and what was seen may be otherwise.
 */
export const STALE_AFTER = 600_000
/** Checks taken within two minutes of each other compete by strength; an older one yields to the newer. */
const SAME_TIME = 120_000

/** The guest's own kernel through the hypervisor; the guest's own word over the network; what can be inferred from outside. */
const STRENGTH: Record<RouteCheckMethod, number> = { 'guest-agent': 3, pushed: 2, 'off-link-probe': 1 }

export type Weighed = {
  /** The check to believe; null where none that could tell is fresh enough. */
  readonly best: RouteCheckState | null
  /** One that says otherwise, as fresh as `best`. */
  readonly dissent: RouteCheckState | null
  /** The newest of all, whatever it says; null where there never was one. */
  readonly latest: RouteCheckState | null
}

/** Chooses among the latest checks of all methods: the strongest of the freshest. A known end of the route keeps a check usable. */
export function weighChecks(checks: readonly RouteCheckState[], now: number): Weighed {
  const newestFirst = checks.toSorted((a, b) => b.checkedAt - a.checkedAt)
  const usable = newestFirst.filter((check) => check.defaultRoute !== 'unknown' && !isStale(check, now))
  const newest = usable[0]
  const rivals = usable.filter((check) => newest && newest.checkedAt - check.checkedAt <= SAME_TIME)
  const best = rivals.toSorted((a, b) => STRENGTH[b.method] - STRENGTH[a.method])[0] ?? null
  const dissent = rivals.find((check) => best && isPresent(check) !== isPresent(best)) ?? null
  return { best, dissent, latest: newestFirst[0] ?? null }
}

export function isStale(check: RouteCheckState, now: number): boolean {
  return check.expiresAt === null && now - check.checkedAt >= STALE_AFTER
}

function isPresent(check: RouteCheckState): boolean {
  return check.defaultRoute === 'present'
}
