/** One figure of a benchmark. `note` says what the figure means or what it is compared with. */
export type Measurement = {
  /** `pages` runs in a browser, outside this package. */
  readonly bench: BenchName | 'pages'
  readonly measure: string
  /** Null if it could not be measured; `note` then says why. */
  readonly value: number | null
  readonly unit: string
  readonly note?: string | undefined
}

/** In the order in which they run. The first two measure a server, the others a collector. */
export const benchNames = ['ingest', 'abuse', 'collector', 'stale', 'soak'] as const
export type BenchName = (typeof benchNames)[number]
export const serverBenches: ReadonlySet<BenchName> = new Set(['ingest', 'abuse'])

/** The command line's values: a running server that may be filled with data, and its database. */
export type Target = {
  readonly server: string
  readonly enrolmentToken: string
  readonly databaseUrl: string
  readonly serverPid: number
}

/** A benchmark cannot be run here; the message is one sentence. */
export class BenchError extends Error {}

/** Makes the measurements of one benchmark. */
export function measuring(bench: Measurement['bench']) {
  return (measure: string, value: number | null, unit: string, note?: string): Measurement => {
    return { bench, measure, value, unit, note }
  }
}

/** Why a benchmark cannot make network namespaces here; null if it can. */
export function findObstacle(): string | null {
  const isRoot = process.platform === 'linux' && process.getuid?.() === 0
  return isRoot ? null : 'it makes a network namespace, so it needs root on Linux'
}

/** Adds a target to a figure, the most that it may be or the least: its note then says whether the target is met. */
export function judge(measurement: Measurement, goal: number | { readonly atLeast: number }): Measurement {
  const { value, unit, note } = measurement
  const [bound, words, isMet] =
    typeof goal === 'number'
      ? ([goal, 'at most', (is: number) => is <= goal] as const)
      : ([goal.atLeast, 'at least', (is: number) => is >= goal.atLeast] as const)
  const verdict = value === null ? 'not known' : isMet(value) ? 'met' : 'NOT MET'
  const target = `target: ${words} ${bound} ${unit}: ${verdict}`
  return { ...measurement, note: note === undefined ? target : `${target}; ${note}` }
}

/** The median; NaN of no values. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5) ?? Number.NaN
}

/** The value below which that share of `values` lies. */
export function quantile(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null
}
