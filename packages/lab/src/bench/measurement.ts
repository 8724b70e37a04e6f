/** One figure of a benchmark. `note` says what the figure means or what it is compared with. */
export type Measurement = {
  readonly bench: BenchName
  readonly measure: string
  /** Null if it could not be measured; `note` then says why. */
  readonly value: number | null
  readonly unit: string
  readonly note?: string | undefined
}

/** In the order in which they run. The first three measure a server, the others a collector. */
export const benchNames = ['ingest', 'fleet', 'abuse', 'collector', 'stale', 'soak'] as const
export const serverBenches: ReadonlySet<BenchName> = new Set(['ingest', 'fleet', 'abuse'])
export type BenchName = (typeof benchNames)[number]

/** The command line's values: a running server that may be filled with data, and its database. */
export type Target = {
  readonly server: string
  readonly enrolmentToken: string
  readonly apiToken: string
  /** Token of the one-time link for the first administrator; null: no sign-in, so pages are not measured. */
  readonly setupToken: string | null
  readonly databaseUrl: string
  readonly serverPid: number
}

/** A benchmark cannot be run here; the message is one sentence. */
export class BenchError extends Error {}

/** Makes the measurements of one benchmark. */
export function measuring(bench: BenchName) {
  return (measure: string, value: number | null, unit: string, note?: string): Measurement => {
    return { bench, measure, value, unit, note }
  }
}

/** Why a benchmark cannot make network namespaces here; null if it can. */
export function findObstacle(): string | null {
  const isRoot = process.platform === 'linux' && process.getuid?.() === 0
  return isRoot ? null : 'it makes a network namespace, so it needs root on Linux'
}

/** Adds a target to a figure: its note then says whether the target is met. */
export function judge(measurement: Measurement, max: number): Measurement {
  const { value, unit, note } = measurement
  const verdict = value === null ? 'not known' : value <= max ? 'met' : 'NOT MET'
  const target = `target: at most ${max} ${unit}: ${verdict}`
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
