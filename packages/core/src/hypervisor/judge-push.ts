import type { RouteCheckReport } from '@slashzero/contract/report'
import type { HypervisorState, Judgement } from '../state.ts'
import { judgeVms } from '../vm/judge-vms.ts'
import { mergeChecks, readCheck } from '../vm/merge-checks.ts'
import { moment } from '../wording/figures.ts'
import { nextJudgement, silentFrom } from './next-judgement.ts'
import { recordTransitions } from './record-transitions.ts'

/** A guest's own account of its default route. */
export type Push = Pick<RouteCheckReport, 'defaultRoute' | 'reason' | 'gateway' | 'expiresInSeconds'>

/**
 * Judges the push of the VM with this key at `now` like a check in a report. `refused` says why the push does not
 * count: the hypervisor must report the VM now. `samples` is empty.
 */
export function judgePush(
  previous: HypervisorState,
  key: string,
  push: Push,
  now: number,
): Judgement | { readonly refused: string } {
  const vm = previous.vms.find((one) => one.key === key)
  if (vm === undefined || vm.memory.missedSince !== null)
    return { refused: 'the hypervisor does not report this VM now' }
  const silentAt = silentFrom(previous)
  if (previous.status === 'silent' || now >= silentAt)
    return { refused: `the hypervisor has not reported since ${moment(previous.lastSeenAt)}` }
  const { checks, lifetimes, present } = mergeChecks(vm, [readCheck({ ...push, method: 'pushed' }, now)])
  const memory = { ...vm.memory, lifetimes, present }
  const { taps, sockets, observedAt } = previous
  const judged = judgeVms([{ ...vm, checks, memory, previous: vm }], { taps, sockets, observedAt, silent: false, now })
  const vms = previous.vms.map((one) => (one === vm ? (judged[0] ?? vm) : one))
  // The other VMs keep the time at which they are judged again.
  const judgeAgainAt = Math.min(previous.judgeAgainAt, nextJudgement(silentAt, judged, now))
  const state = { ...previous, vms, judgeAgainAt }
  return { state, transitions: recordTransitions(previous, state, now, ''), samples: [] }
}
