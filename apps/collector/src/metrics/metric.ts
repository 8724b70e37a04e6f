/** What one series measures of a `Subject`. A null is no series: what could not be read is never a number. */
export type Metric<Subject> = {
  /** Ends in `_total` where it is a counter. */
  readonly name: string
  readonly type: 'gauge' | 'counter'
  readonly help: string
  readonly read: (subject: Subject) => number | boolean | null
}

/** A metric and its series by their labels, which are as `joinLabels` gives them. */
export type Family = Pick<Metric<never>, 'name' | 'type' | 'help'> & {
  readonly samples: readonly (readonly [labels: string, value: number])[]
}

export type Subjects<Subject> = readonly (readonly [labels: string, subject: Subject])[]

/** Reads every metric of every subject. No two subjects may have the same labels. */
export function measure<Subject>(metrics: readonly Metric<Subject>[], subjects: Subjects<Subject>): Family[] {
  return metrics.map(({ name, type, help, read }) => {
    const samples: [string, number][] = []
    for (const [labels, subject] of subjects) {
      const value = Number(read(subject) ?? Number.NaN)
      if (Number.isFinite(value)) samples.push([labels, value])
    }
    return { name, type, help, samples }
  })
}

/** Of several with the same labels the first: Prometheus and node_exporter refuse a page that has a series twice. */
export function keepUnique<Subject>(subjects: Subjects<Subject>): Subjects<Subject> {
  const seen = new Set<string>()
  return subjects.filter(([labels]) => seen.size !== seen.add(labels).size)
}
