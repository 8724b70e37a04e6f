import type { Report } from '@slashzero/contract/report'
import { RAW_RETENTION_MILLISECONDS } from '@slashzero/db'
import { DAY } from '../time.ts'

const MAX_FUTURE = 10 * 60_000

/**
 * Says why `observedAt` is out of range; null if it is not. Only the time between observing and sending counts, so a
 * host whose clock is wrong loses nothing.
 */
export function checkObservedAt({ observedAt, sentAt }: Pick<Report, 'observedAt' | 'sentAt'>): string | null {
  const age = Date.parse(sentAt) - Date.parse(observedAt)
  if (age < -MAX_FUTURE) return 'lies more than 10 minutes after sentAt'
  if (age <= RAW_RETENTION_MILLISECONDS) return null
  return `lies more than ${RAW_RETENTION_MILLISECONDS / DAY} days before sentAt, which is as far back as history is kept`
}
