/** What one series measures of a `Subject`. A null is no series: what could not be read is never a number. */
export type Metric<Subject> = {
  /** Ends in `_total` where it is a counter. */
  readonly name: string
  readonly type: 'gauge' | 'counter'
  readonly help: string
  readonly read: (subject: Subject) => number | boolean | null
}

/** A metric and its series; `labels` is as `formatLabels` gives it. */
export type Family = Pick<Metric<never>, 'name' | 'type' | 'help'> & { readonly samples: readonly { labels: string; value: number }[] }

/**
 * Reads every metric of every subject. Subjects come with their labels; of two with the same labels the first counts, for
 * Prometheus and node_exporter refuse a page that has a series twice.
 */
export function measure<Subject>(metrics: readonly Metric<Subject>[], subjects: readonly (readonly [string, Subject])[]): Family[] {
  const unique = new Map<string, Subject>()
  for (const [labels, subject] of subjects) if (!unique.has(labels)) unique.set(labels, subject)
  return metrics.map(({ name, type, help, read }) => {
    const samples: { labels: string; value: number }[] = []
    for (const [labels, subject] of unique) {
      const value = Number(read(subject) ?? Number.NaN)
      if (Number.isFinite(value)) samples.push({ labels, value })
    }
    return { name, type, help, samples }
  })
}
