import type { RouteStatus } from '@slashzero/contract/rest'

export type VmCounts = { readonly total: number; readonly missing: number; readonly unknown: number }

/** Counts all VMs, VMs without a default route, and VMs with an unknown route. */
export function countVms(vms: Iterable<{ readonly route: { readonly status: RouteStatus } }>): VmCounts {
  const counts = { total: 0, missing: 0, unknown: 0 }
  for (const { route } of vms) {
    counts.total += 1
    if (route.status === 'missing' || route.status === 'unknown') counts[route.status] += 1
  }
  return counts
}
