import { toVisible } from '@slashzero/contract'

/**
 * Labels as they stand in an exposition, or nothing for none. An empty value is the same as no label and is left out.
 * Values may be hostile: what a terminal would obey is made visible, which leaves `\` and `"` to escape, as both formats ask.
 */
export function formatLabels(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).filter(([, value]) => value !== '')
  if (pairs.length === 0) return ''
  return `{${pairs.map(([name, value]) => `${name}="${toVisible(value).replace(/[\\"]/g, String.raw`\$&`)}"`).join(',')}}`
}
