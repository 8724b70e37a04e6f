import type { Report } from '@slashzero/contract'
import type { HypervisorState, Judgement } from '../state.ts'

/**
 * Judges one report against what was known before.
 * `receivedAt` is the server's clock in milliseconds when the report arrived.
 * The caller has already dropped duplicates and passes the reports of one host in the order they were observed.
 */
export function judgeReport(_previous: HypervisorState | null, _report: Report, _receivedAt: number): Judgement {
  throw new Error('judgeReport is not written yet')
}
