import { formatNumber } from './format-count.ts'

/** Option memory to the byte, as an operator compares it with the kernel's own figures: 20440 -> `20,440 B`. */
export function formatBytes(bytes: number): string {
  return `${formatNumber(bytes)}\u00a0B`
}
