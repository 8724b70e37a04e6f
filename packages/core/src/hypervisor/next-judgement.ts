import { routeDeadlines } from '../route/judge-route.ts'
import type { HypervisorState, VmState } from '../state.ts'

const SHORTEST_SILENCE = 45_000
const DEFAULT_INTERVAL = 15_000
const DAY = 24 * 3_600_000

/** When a hypervisor counts as silent if no report comes: three of its intervals after the last one, and never under 45 s. */
export function silentFrom({ lastSeenAt, memory }: Pick<HypervisorState, 'lastSeenAt' | 'memory'>): number {
  const gaps = memory.reportGaps.toSorted((a, b) => a - b)
  const interval = gaps[Math.floor(gaps.length / 2)] ?? DEFAULT_INTERVAL
  return lastSeenAt + Math.max(SHORTEST_SILENCE, 3 * interval)
}

/** The earliest time after `now` at which time alone may change a verdict; a day ahead where none can. */
export function nextJudgement(silentAt: number, vms: readonly VmState[], now: number): number {
  const deadlines = vms.flatMap((vm) => routeDeadlines({ checks: vm.checks, memory: vm.memory, previous: vm.route }))
  return [silentAt, ...deadlines].reduce((earliest, at) => (at > now && at < earliest ? at : earliest), now + DAY)
}
