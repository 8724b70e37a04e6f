import type { HypervisorState, Judgement, Transition } from '../state.ts'
import { judgeVms } from '../vm/judge-vms.ts'
import { moment } from '../wording/figures.ts'
import { nextJudgement, silentFrom } from './next-judgement.ts'
import { recordTransitions } from './record-transitions.ts'

/** Judges what time alone changes: silence, expiring routes, old checks. `samples` is empty. */
export function judgeTime(previous: HypervisorState, now: number): Judgement {
  if (now < previous.judgeAgainAt) return { state: previous, transitions: [], samples: [] }
  const silentAt = silentFrom(previous)
  const silent = now >= silentAt
  const verdict = silent ? fallSilent(previous, silentAt) : previous
  const { taps, sockets, observedAt } = previous
  const followed = previous.vms.map((vm) => ({ ...vm, previous: vm }))
  const vms = judgeVms(followed, { taps, sockets, observedAt, silent, now })
  const state = { ...verdict, vms, judgeAgainAt: nextJudgement(silentAt, vms, now) }
  const own: Transition = {
    at: state.statusSince,
    subject: 'hypervisor',
    key: '',
    from: previous.status,
    to: state.status,
    reason: state.statusReason,
  }
  const changed = state.status !== previous.status
  return {
    state,
    transitions: [...(changed ? [own] : []), ...recordTransitions(previous, state, now, '')],
    samples: [],
  }
}

function fallSilent(previous: HypervisorState, silentAt: number): HypervisorState {
  if (previous.status === 'silent') return previous
  const reason = `No report since ${moment(previous.lastSeenAt)}; the last status was ${previous.status}: ${previous.statusReason}`
  return { ...previous, status: 'silent', statusReason: reason, statusSince: Math.max(silentAt, previous.statusSince) }
}
