import type { Family } from './metric.ts'

/** `text` is the Prometheus text format 0.0.4, `openmetrics` is OpenMetrics 1.0.0. */
export type Format = 'text' | 'openmetrics'

/** The families with series, as text. An OpenMetrics page also needs `PAGE_ENDS` at its end. */
export function renderFamilies(families: readonly Family[], format: Format): string {
  return families.map((family) => (family.samples.length === 0 ? '' : renderFamily(family, format))).join('')
}

export const PAGE_ENDS: Record<Format, string> = { text: '', openmetrics: '# EOF\n' }

function renderFamily({ name, type, help, samples }: Family, format: Format): string {
  // OpenMetrics names the family of a counter without the suffix that its series have.
  const title = format === 'openmetrics' && type === 'counter' ? name.replace(/_total$/, '') : name
  let text = `# HELP ${title} ${help}\n# TYPE ${title} ${type}\n`
  for (const [labels, value] of samples) text += labels === '' ? `${name} ${value}\n` : `${name}{${labels}} ${value}\n`
  return text
}
