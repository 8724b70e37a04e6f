const grouped = new Intl.NumberFormat('en-US')

/** A whole number with separated thousands: 20440 -> `20,440`. */
export function formatNumber(value: number): string {
  return grouped.format(value)
}

/** A count that stops at `max`, or is exact if `max` is null: `1,204`, `10,000 or more`. */
export function formatCapped(value: number, max: number | null): string {
  return max !== null && value >= max ? `${formatNumber(max)} or more` : formatNumber(value)
}

/**
 * A number with its noun, singular or plural: `1 VM`, `84 VMs`, `no VMs`.
 * @param plural the plural if it is not the singular and an s
 */
export function formatCount(value: number, noun: string, plural = `${noun}s`): string {
  if (value === 0) return `no ${plural}`
  return `${formatNumber(value)} ${value === 1 ? noun : plural}`
}

/** A share of 0 to 1 in whole percent. Only nothing reads 0 %, and only everything reads 100 %. */
export function formatShare(share: number): string {
  if (share > 0 && share < 0.01) return '< 1 %'
  if (share < 1 && share > 0.99) return '> 99 %'
  return `${Math.round(share * 100)} %`
}
