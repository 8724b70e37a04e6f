import type { Report } from '@slashzero/contract/report'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'

/** A probe that fails and succeeds by turns gets at most one pair of lines in this time. */
const QUIET_MILLISECONDS = 10 * 60_000

/** Logs which probes cannot read everything when this begins, and when all probes can read everything again. */
export function createFailureTeller(
  log: Pick<Log, 'info' | 'warn'>,
  clock: Clock,
): (report: Pick<Report, 'runs'>) => void {
  const toldAt = new Map<string, number>()
  let told = new Set<string>()
  return ({ runs }) => {
    const failed = runs.filter(({ outcome }) => outcome === 'failed')
    if (failed.length === 0 && told.size > 0) log.info({}, 'everything can be read again')
    told = new Set(failed.flatMap(({ probe }) => (told.has(probe) ? probe : [])))
    for (const { probe, error } of failed) {
      if (told.has(probe) || clock.monotonic() - (toldAt.get(probe) ?? -Infinity) < QUIET_MILLISECONDS) continue
      told.add(probe)
      toldAt.set(probe, clock.monotonic())
      log.warn({ probe, error }, 'could not read everything')
    }
  }
}
