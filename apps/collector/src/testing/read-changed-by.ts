import type { Kernel } from '../io/kernel.ts'

/** `readChanged` of a kernel that has only `readText`. */
export function readChangedBy(readText: Kernel['readText']): Kernel['readChanged'] {
  return (path, known) => {
    const text = readText(path)
    const bytes = Buffer.from(text, 'latin1')
    return known !== null && bytes.equals(known) ? null : { bytes, text }
  }
}
