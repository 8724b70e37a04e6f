import type { Report } from '@slashzero/contract/report'
import { rawRetentionMilliseconds } from '@slashzero/db'

const farthestFuture = 10 * 60_000
const day = 86_400_000

/**
 * What is wrong with the time at which a report was observed; null when nothing is. A host whose clock is wrong loses
 * nothing: what counts is how long before sending the report was observed, by the same clock.
 */
export function checkObservedAt({ observedAt, sentAt }: Pick<Report, 'observedAt' | 'sentAt'>): string | null {
  const age = Date.parse(sentAt) - Date.parse(observedAt)
  if (age < -farthestFuture) return 'lies more than 10 minutes after sentAt'
  if (age <= rawRetentionMilliseconds) return null
  return `lies more than ${rawRetentionMilliseconds / day} days before sentAt, which is as far back as history is kept`
}
