import { toVisible } from '@slashzero/contract/report'

/**
 * One label as it stands in an exposition. Its value may be hostile: what a terminal would obey is made visible, which leaves
 * `\` and `"` to escape, as both formats ask. No text where the value is empty, which is the same as no label.
 */
export function formatLabel(name: string, value: string | number): string {
  if (typeof value === 'number') return `${name}="${value}"`
  return value === '' ? '' : `${name}="${toVisible(value).replace(/[\\"]/g, String.raw`\$&`)}"`
}

export function joinLabels(...labels: readonly string[]): string {
  return labels.filter((label) => label !== '').join(',')
}
