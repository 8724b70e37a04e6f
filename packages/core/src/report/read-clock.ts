import type { Report } from '@slashzero/contract/report'

/**
 * When a report was observed, on the server's clock. `clockSkew`: the host's clock minus the server's when the report
 * was sent, in milliseconds, including the transport.
 */
export function readClock(
  report: Pick<Report, 'sentAt' | 'observedAt'>,
  receivedAt: number,
): { clockSkew: number; observedAt: number } {
  const clockSkew = Date.parse(report.sentAt) - receivedAt
  return { clockSkew, observedAt: toServerClock(report.observedAt, { clockSkew, receivedAt }) }
}

/** A time of the host on the server's clock, between 1970 and the report's arrival. */
export function toServerClock(
  instant: string,
  { clockSkew, receivedAt }: { readonly clockSkew: number; readonly receivedAt: number },
): number {
  return Math.max(0, Math.min(Date.parse(instant) - clockSkew, receivedAt))
}

/** An instant with any offset, converted to UTC; null if the year then has more than four digits. */
export function toUtc(instant: string): string | null {
  const text = new Date(instant).toISOString()
  return text.length === '2026-01-01T00:00:00.000Z'.length ? text : null
}
