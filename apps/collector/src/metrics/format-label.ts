import { toVisible } from '@slashzero/contract/report'

/**
 * One label in the form of both formats. The value may be hostile: control characters become visible, and `\` and `"`
 * are escaped. Empty if the value is empty, because an empty label equals no label.
 */
export function formatLabel(name: string, value: string | number): string {
  if (typeof value === 'number') return `${name}="${value}"`
  return value === '' ? '' : `${name}="${toVisible(value).replace(/[\\"]/g, String.raw`\$&`)}"`
}

export function joinLabels(...labels: readonly string[]): string {
  return labels.filter((label) => label !== '').join(',')
}
