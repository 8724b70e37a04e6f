import type { Report } from '@slashzero/contract/report'
import { judgeReport } from '../hypervisor/judge-report.ts'
import type { HypervisorState, Judgement } from '../state.ts'

/** Judges reports one after another, each received when sent, and returns the last judgement. */
export function judgeAll(reports: readonly Report[], before: HypervisorState | null = null): Judgement {
  let last: Judgement | null = null
  for (const report of reports) last = judgeReport(last?.state ?? before, report, Date.parse(report.sentAt))
  if (!last) throw new Error('judgeAll needs a report')
  return last
}

/** The only element of a list; throws if the list has none or several. */
export function only<Item>(items: readonly Item[]): Item {
  const [item, another] = items
  if (item === undefined || another !== undefined) throw new Error(`expected exactly one, got ${items.length}`)
  return item
}
