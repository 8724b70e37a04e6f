import type { Verdict } from './judge-hypervisor.ts'

/** The verdict on a hypervisor that has enrolled and not reported yet. */
export const awaitingFirstReport: Verdict = {
  status: 'silent',
  reason: 'The collector has enrolled; no report has arrived yet',
}
