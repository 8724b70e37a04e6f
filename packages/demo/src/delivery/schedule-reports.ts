import type { Role } from '../fleet/assign-roles.ts'
import type { HostPlan } from '../fleet/plan-host.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const PASS = 15_000
const LAST_PASSES = 6

/** The simulation starts this long before the history, so that short-lived VMs exist at the first report. */
export const WARM_UP = 6 * HOUR
export const HISTORY_LENGTH = 24 * HOUR

const calmRoles: ReadonlySet<Role> = new Set(['ordinary', 'router-namespaces', 'full-by-capacity'])

/** Whether so little happens on the host that few reports are enough. */
export function isCalm({ role }: Pick<HostPlan, 'role'>): boolean {
  return calmRoles.has(role)
}

/**
 * The times of a host's reports in the day before `now`, oldest first, in milliseconds since the epoch. With events:
 * every 5 minutes, 2 in the last hour; others: 30 and 5. The pace of real collectors would make a million reports.
 */
export function scheduleReports(plan: HostPlan, now: number): readonly number[] {
  const [step, lastStep] = isCalm(plan) ? [30 * MINUTE, 5 * MINUTE] : [5 * MINUTE, 2 * MINUTE]
  const end = (plan.lastReportAt ?? now) - ((plan.number * 397) % 15_000)
  const times: number[] = []
  // The last reports of a dark host come at the pace of a real collector, because the server infers silence from the
  // pace.
  let at = end
  for (let left = plan.lastReportAt === null ? 0 : LAST_PASSES; left > 0; left -= 1, at -= PASS) times.push(at)
  for (; at > now - HISTORY_LENGTH; at -= at > end - HOUR ? lastStep : step) times.push(at)
  return times.toReversed()
}
