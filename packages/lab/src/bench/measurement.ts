/** One figure of a benchmark. `note` says what it means, or against what it was taken. */
export type Measurement = {
  readonly bench: BenchName
  readonly measure: string
  /** Null where it could not be measured; `note` then says why. */
  readonly value: number | null
  readonly unit: string
  readonly note?: string
}

/** In the order in which they run. The first two measure a server, the others a collector. */
export const benchNames = ['ingest', 'fleet', 'collector', 'stale', 'soak'] as const
export type BenchName = (typeof benchNames)[number]

/** What the command line gave: a running server that may be filled with data, and its database. */
export type Target = {
  readonly server: string
  readonly enrolmentToken: string
  readonly apiToken: string
  /** Of the one-time link that sets up the first administrator; null = nobody can sign in to measure what pages ask for. */
  readonly setupToken: string | null
  readonly databaseUrl: string
  readonly serverPid: number
}

/** A benchmark cannot be run here; the message is one sentence. */
export class BenchError extends Error {}

/** A figure that has a target, which its note then names. */
export function judge(measurement: Measurement, most: number): Measurement {
  const { value, unit, note } = measurement
  const verdict = value === null ? 'not known' : value <= most ? 'met' : 'NOT MET'
  const target = `target: at most ${most} ${unit}: ${verdict}`
  return { ...measurement, note: note === undefined ? target : `${target}; ${note}` }
}

/** The value below which that share of `values` lies. */
export function quantile(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null
}
