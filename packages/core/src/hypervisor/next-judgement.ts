import { nextRouteDeadline } from '../route/judge-route.ts'
import type { HypervisorState, VmState } from '../state.ts'

const MIN_SILENCE = 45_000
const DEFAULT_INTERVAL = 15_000
const DAY = 24 * 3_600_000

/** When a hypervisor becomes silent: three of its intervals after the last report, and at least 45 s. */
export function silentFrom({ lastSeenAt, memory }: Pick<HypervisorState, 'lastSeenAt' | 'memory'>): number {
  const gaps = memory.reportGaps.toSorted((a, b) => a - b)
  const interval = gaps[Math.floor(gaps.length / 2)] ?? DEFAULT_INTERVAL
  return lastSeenAt + Math.max(MIN_SILENCE, 3 * interval)
}

/** The next time after `now` when time alone may change a verdict; a day ahead if it cannot. */
export function nextJudgement(silentAt: number, vms: readonly VmState[], now: number): number {
  let earliest = now + DAY
  if (silentAt > now) earliest = Math.min(earliest, silentAt)
  for (const { checks, memory, route } of vms)
    earliest = Math.min(earliest, nextRouteDeadline({ checks, memory, previous: route }, now))
  return earliest
}
