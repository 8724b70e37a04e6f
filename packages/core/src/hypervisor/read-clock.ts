import type { Report } from '@slashzero/contract/report'

/**
 * When a report was observed, on the server's clock. `clockSkew` is the host's clock minus the server's when the report was sent,
 * transport included, in milliseconds.
 */
export function readClock(
  report: Pick<Report, 'sentAt' | 'observedAt'>,
  receivedAt: number,
): { clockSkew: number; observedAt: number } {
  const clockSkew = Date.parse(report.sentAt) - receivedAt
  return { clockSkew, observedAt: toServerClock(report.observedAt, { clockSkew, receivedAt }) }
}

/** A time of the host on the server's clock, never later than the report's arrival and never before 1970. */
export function toServerClock(
  instant: string,
  { clockSkew, receivedAt }: { readonly clockSkew: number; readonly receivedAt: number },
): number {
  return Math.max(0, Math.min(Date.parse(instant) - clockSkew, receivedAt))
}

/** An instant with any offset as the same one in UTC; null where its year has more than four digits there. */
export function toUtc(instant: string): string | null {
  const text = new Date(instant).toISOString()
  return text.length === '2026-01-01T00:00:00.000Z'.length ? text : null
}
