import { toReason } from '@slashzero/contract/report'
import type { Probe, ProbeRun } from '@slashzero/contract/report'

/** The run of a probe; the probe failed if there are errors. */
export function toRun(probe: Probe, milliseconds: number, errors: readonly string[]): ProbeRun {
  return {
    probe,
    outcome: errors.length === 0 ? 'ok' : 'failed',
    milliseconds: Math.round(milliseconds * 100) / 100,
    error: toReason(errors.join('; ')) || null,
  }
}
