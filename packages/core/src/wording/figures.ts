/** `20440` as `20,440`, as every sentence of a verdict writes numbers. */
export function figure(value: number): string {
  return String(value).replaceAll(/\B(?=(\d{3})+$)/g, ',')
}

/** `1 membership`, `12 memberships`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${figure(count)} ${count === 1 ? one : many}`
}

/**
 * Milliseconds since the epoch as `2026-01-01 10:05:00 UTC`. A sentence names times, not ages, so that it stays true.
 */
export function moment(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}
