import type { Report } from '@slashzero/contract'

/**
 * A report's times on the server's clock. `clockSkew` is the host's clock minus the server's when the report was sent, transport
 * included, in milliseconds. `observedAt` is never later than `receivedAt` and never before 1970.
 */
export function readClock(report: Pick<Report, 'sentAt' | 'observedAt'>, receivedAt: number): { clockSkew: number; observedAt: number } {
  const clockSkew = Date.parse(report.sentAt) - receivedAt
  return { clockSkew, observedAt: Math.max(0, Math.min(Date.parse(report.observedAt) - clockSkew, receivedAt)) }
}
