import type { HypervisorState, Judgement } from '../state.ts'

/** Judges what the passing of time alone changes: silence, expiring routes, solicitations left unanswered. `samples` is empty. */
export function judgeTime(_previous: HypervisorState, _now: number): Judgement {
  throw new Error('judgeTime is not written yet')
}
