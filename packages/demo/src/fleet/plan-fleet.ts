import { assignRoles } from './assign-roles.ts'
import { type HostPlan, planHost } from './plan-host.ts'

/** The fleet of `seed` as it is around `now` (milliseconds since the epoch); the same input gives the same fleet. */
export function planFleet({
  seed,
  hypervisors,
  now,
}: {
  seed: number
  hypervisors: number
  now: number
}): readonly HostPlan[] {
  return assignRoles(seed, hypervisors).map((role, place) => planHost({ seed, number: place + 1, role, now }))
}
