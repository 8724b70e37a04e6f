import type { Report } from '@slashzero/contract/report'
import { type HypervisorState, judgeReport, type Sample, type Transition } from '@slashzero/core'
import type { HostFacts } from '@slashzero/db'
import { type FieldError, ServiceError } from '../error.ts'
import { checkObservedAt } from './check-times.ts'
import { summariseConfigurations } from './summarise-configurations.ts'

/** A hypervisor in memory, between two judgements. */
export type Progress = {
  readonly state: HypervisorState | null
  /** The highest stored sequence of every known boot that the reports name. */
  readonly sequences: ReadonlyMap<string, number>
  readonly host: HostFacts | null
  readonly samples: readonly Sample[]
  readonly transitions: readonly Transition[]
}

export type Judged = {
  readonly progress: Progress
  readonly accepted: number
  readonly duplicates: number
  /** Names the refused reports and the reasons. The other reports of the batch still count. */
  readonly refusal: ServiceError | null
}

/**
 * Judges a batch of one host's reports, in the order observed; `first` is the index of its first report in the request.
 * A report at or below the highest stored sequence of its boot is a duplicate.
 */
export function judgeSubmission(
  before: Progress,
  {
    batch,
    first,
    receivedAt,
  }: { readonly batch: readonly Report[]; readonly first: number; readonly receivedAt: number },
): Judged {
  const sequences = new Map(before.sequences)
  const samples = [...before.samples]
  const transitions = [...before.transitions]
  const errors: FieldError[] = []
  let { state, host } = before
  let accepted = 0
  let duplicates = 0
  for (const [index, report] of batch.entries()) {
    const { bootId } = report.host
    const stored = sequences.get(bootId)
    if (stored !== undefined && report.sequence <= stored) {
      duplicates++
      continue
    }
    const refused = checkObservedAt(report)
    if (refused !== null) {
      errors.push({ pointer: `/${first + index}/observedAt`, detail: refused })
      continue
    }
    const judgement = judgeReport(state, report, receivedAt)
    state = judgement.state
    host = toHostFacts(report)
    sequences.set(bootId, report.sequence)
    for (const sample of judgement.samples) samples.push(sample)
    for (const transition of judgement.transitions) transitions.push(transition)
    accepted++
  }
  return {
    progress: { state, sequences, host, samples, transitions },
    accepted,
    duplicates,
    refusal: errors.length === 0 ? null : new ServiceError('invalid', '`observedAt` is out of range.', errors),
  }
}

function toHostFacts({ host, runs, namespaces }: Report): HostFacts {
  const { name, kernel, collectorVersion, labels } = host
  const told = { runs: runs.filter((run) => run.outcome !== 'ok'), probes: runs.map(({ probe }) => probe) }
  return { name, kernel, collectorVersion, labels, ...told, configurations: summariseConfigurations(namespaces) }
}
