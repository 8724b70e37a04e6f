/** One metric of a `Subject`. Null gives no series, because a failed read is never a number. */
export type Metric<Subject> = {
  /** Ends in `_total` for a counter; any other metric is a gauge. */
  readonly name: string
  readonly help: string
  readonly read: (subject: Subject) => number | boolean | null
}

/** A metric and its series by labels, in the form of `joinLabels`. */
export type Family = Pick<Metric<never>, 'name' | 'help'> & {
  readonly type: 'gauge' | 'counter'
  readonly samples: readonly (readonly [labels: string, value: number])[]
}

export type Subjects<Subject> = readonly (readonly [labels: string, subject: Subject])[]

/** Reads every metric of every subject. No two subjects may have the same labels. */
export function measure<Subject>(metrics: readonly Metric<Subject>[], subjects: Subjects<Subject>): Family[] {
  return metrics.map(({ name, help, read }) => {
    const samples: [string, number][] = []
    for (const [labels, subject] of subjects) {
      const value = Number(read(subject) ?? Number.NaN)
      if (Number.isFinite(value)) samples.push([labels, value])
    }
    return { name, type: name.endsWith('_total') ? 'counter' : 'gauge', help, samples }
  })
}

/**
 * Keeps the first of several with the same labels: Prometheus and node_exporter refuse a page with a duplicate series.
 */
export function keepUnique<Subject>(subjects: Subjects<Subject>): Subjects<Subject> {
  const seen = new Set<string>()
  return subjects.filter(([labels]) => seen.size !== seen.add(labels).size)
}
