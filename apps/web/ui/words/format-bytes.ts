import { formatNumber } from './format-count.ts'

/** Option memory to the byte, to compare with the figures of the kernel: 20440 -> `20,440 B`. */
export function formatBytes(bytes: number): string {
  return `${formatNumber(bytes)}\u00a0B`
}
