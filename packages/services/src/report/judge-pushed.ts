import { judgePush, type Push } from '@slashzero/core'
import { ServiceError } from '../error.ts'
import type { Judged, Progress } from './judge-submission.ts'

/** Judges a guest's push for the VM with this key, after the reports of its hypervisor that arrived before. */
export function judgePushed(before: Progress, vmKey: string, push: Push, receivedAt: number): Judged {
  const judged =
    before.state === null
      ? { refused: 'the hypervisor has not reported yet' }
      : judgePush(before.state, vmKey, push, receivedAt)
  if ('refused' in judged) {
    const refusal = new ServiceError('conflict', `The push does not count: ${judged.refused}.`)
    return { progress: before, accepted: 0, duplicates: 0, refusal }
  }
  const { state, transitions } = judged
  return {
    progress: { ...before, state, transitions: [...before.transitions, ...transitions] },
    accepted: 1,
    duplicates: 0,
    refusal: null,
  }
}
