import type { Report } from '@slashzero/contract'
import { rawRetentionMilliseconds } from '@slashzero/db'

const tolerableSkew = 2000 // of a host clock against the server's, transport included
const farthestFuture = 10 * 60_000

/**
 * What is wrong with the time at which a report was observed; null when nothing is. A host whose clock is wrong loses
 * nothing: what counts is how long before sending it was observed. All in milliseconds on the server's clock.
 */
export function checkObservedAt(report: Report, receivedAt: number): string | null {
  const skew = Date.parse(report.sentAt) - receivedAt
  const observedAt = Date.parse(report.observedAt) - (Math.abs(skew) > tolerableSkew ? skew : 0)
  if (observedAt > receivedAt + farthestFuture) return 'lies more than 10 minutes after the report was sent'
  if (observedAt >= receivedAt - rawRetentionMilliseconds) return null
  return `lies more than ${rawRetentionMilliseconds / 86_400_000} days before the report was sent, longer than history is kept`
}
