import type { Clock } from '../clock.ts'
import type { Namespace } from '../probes/namespace/list-namespaces.ts'
import type { Survey } from '../probes/namespace/survey-namespace.ts'
import type { RunRecorder } from '../probes/record-runs.ts'

/**
 * Surveys all namespaces. The slowest namespaces of the last pass come last, so that a namespace with a held kernel
 * lock does not delay the others. After `budget` milliseconds the rest waits for the next pass, and the run says so.
 */
export function createSurveyOrder(
  clock: Clock,
  budget: number,
): (namespaces: readonly Namespace[], survey: (namespace: Namespace) => Survey, runs: RunRecorder) => Survey[] {
  let durations = new Map<number, number>()
  return (namespaces, survey, runs) => {
    const start = clock.monotonic()
    const next = new Map<number, number>()
    const ordered = namespaces.toSorted((a, b) => (durations.get(a.id) ?? 0) - (durations.get(b.id) ?? 0))
    const surveys = new Map<number, Survey>()
    for (const namespace of ordered) {
      const since = clock.monotonic()
      if (since - start > budget) {
        runs.failed(
          'namespaces',
          `${namespaces.length - surveys.size} were not read, because the others took ${budget} ms`,
        )
        break
      }
      surveys.set(namespace.id, survey(namespace))
      next.set(namespace.id, Math.round(clock.monotonic() - since))
    }
    durations = next
    return namespaces.flatMap((namespace) => surveys.get(namespace.id) ?? [])
  }
}
