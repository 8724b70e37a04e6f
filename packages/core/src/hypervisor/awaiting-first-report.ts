import type { Verdict } from './judge-hypervisor.ts'

/** What is said of a hypervisor that has enrolled and not reported yet. */
export const awaitingFirstReport: Verdict = {
  status: 'silent',
  reason: 'It has enrolled, and no report has arrived yet',
}
