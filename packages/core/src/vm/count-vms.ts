import type { RouteStatus } from '@slashzero/contract/rest'
import type { RouteVerdict } from '../state.ts'

/** The VMs that still have a default route which nothing can renew, and when the first and the last route end. */
type DarkRange = { readonly vms: number; readonly firstAt: number; readonly lastAt: number }

/** All VMs, and the VMs with each status but `ok`. `dark` is null without such VMs. */
export type VmCounts = {
  readonly total: number
  readonly missing: number
  readonly expiring: number
  readonly unknown: number
  readonly dark: DarkRange | null
}

/** Counts VMs by the status of their route. */
export function countVms(vms: Iterable<{ readonly route: Pick<RouteVerdict, 'status' | 'countdown'> }>): VmCounts {
  const counts: Record<RouteStatus, number> = { ok: 0, expiring: 0, missing: 0, unknown: 0 }
  let dark: DarkRange = { vms: 0, firstAt: Infinity, lastAt: -Infinity }
  for (const { route } of vms) {
    counts[route.status] += 1
    const endsAt = findDarkness(route)
    if (endsAt === null) continue
    dark = { vms: dark.vms + 1, firstAt: Math.min(dark.firstAt, endsAt), lastAt: Math.max(dark.lastAt, endsAt) }
  }
  const { ok, missing, expiring, unknown } = counts
  return { total: ok + missing + expiring + unknown, missing, expiring, unknown, dark: dark.vms === 0 ? null : dark }
}

/** When the VM loses a route that nothing can renew; null if the route is renewable, missing, or endless. */
function findDarkness({ status, countdown }: Pick<RouteVerdict, 'status' | 'countdown'>): number | null {
  return countdown === null || countdown.renewable || status === 'missing' ? null : countdown.endsAt
}
