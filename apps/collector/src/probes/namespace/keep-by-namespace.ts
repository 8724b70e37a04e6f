import type { RunRecorder } from '../record-runs.ts'

/**
 * Keeps one value for each namespace from a pass to the next. `runs` tells passes apart. The value of a namespace that
 * a pass skips is created again.
 */
export function keepByNamespace<Kept>(create: () => Kept): (namespace: number, runs: RunRecorder) => Kept {
  let before = new Map<number, Kept>()
  let current = new Map<number, Kept>()
  let latest: RunRecorder | null = null
  return (namespace, runs) => {
    if (runs !== latest) {
      before = current
      current = new Map()
      latest = runs
    }
    const kept = current.get(namespace) ?? before.get(namespace) ?? create()
    current.set(namespace, kept)
    return kept
  }
}
