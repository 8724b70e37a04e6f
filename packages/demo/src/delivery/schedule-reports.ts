import type { Role } from '../fleet/assign-roles.ts'
import type { HostPlan } from '../fleet/plan-host.ts'

const minute = 60_000
const hour = 60 * minute
const pass = 15_000
const lastPasses = 6

/** When a host's history begins to be simulated, so that its short-lived VMs are under way when its first report is made. */
export const warmUp = 6 * hour
export const historyLength = 24 * hour

const calmRoles: ReadonlySet<Role> = new Set(['ordinary', 'router-namespaces', 'full-by-capacity'])

/** Whether little happens on the host, so that few reports tell it all. */
export function isCalm({ role }: Pick<HostPlan, 'role'>): boolean {
  return calmRoles.has(role)
}

/**
 * When the host reported in the day before `now`, in milliseconds since the epoch, oldest first. Where something
 * happens a report is made every 5 minutes, and every 2 minutes of the last hour; elsewhere every 30 and 5 minutes. The
 * whole fleet at its collectors' own pace would be a million reports.
 */
export function scheduleReports(plan: HostPlan, now: number): readonly number[] {
  const [step, lastStep] = isCalm(plan) ? [30 * minute, 5 * minute] : [5 * minute, 2 * minute]
  const end = (plan.lastReportAt ?? now) - ((plan.number * 397) % 15_000)
  const times: number[] = []
  // A dark host's last reports come at the collector's own pace: from that pace its silence is told.
  let at = end
  for (let left = plan.lastReportAt === null ? 0 : lastPasses; left > 0; left -= 1, at -= pass) times.push(at)
  for (; at > now - historyLength; at -= at > end - hour ? lastStep : step) times.push(at)
  return times.toReversed()
}
