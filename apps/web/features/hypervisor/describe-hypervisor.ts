import type { HypervisorDetail } from '@slashzero/contract/page'
import { formatCount, formatNumber } from '../../ui/words/format-count.ts'
import { formatDuration } from '../../ui/words/format-duration.ts'
import { formatInstant } from '../../ui/words/format-instant.ts'
import { describeDark } from '../route/describe-countdown.ts'
import { hypervisorWords, type Tone } from '../../ui/words/status-words.ts'

export type HypervisorDescription = {
  readonly tone: Tone
  readonly headline: string
  readonly since: string
  /** When its VMs go dark, as nothing can renew their routes; null where none is known to. */
  readonly dark: string | null
}

const TOLD_SKEW_MILLISECONDS = 2000
/** What arrives later than this was kept meanwhile. */
const TOLD_LATE_MILLISECONDS = 60_000

/**
 * A hypervisor's state in words: its VMs first, then how it is itself.
 * @param now the server's clock in milliseconds
 */
export function describeHypervisor(detail: HypervisorDetail, now: number, timeZone?: string): HypervisorDescription {
  const { status, statusSince, vms } = detail
  const { label, tone } = hypervisorWords[status]
  const since = Date.parse(statusSince)
  return {
    tone: vms.missing > 0 ? 'danger' : tone === 'ok' && vms.total > 0 && vms.unknown === vms.total ? 'unknown' : tone,
    headline: headlineOf(vms),
    dark: describeDark(detail.goesDark, now),
    since: `${label} since ${formatInstant(since, now, timeZone)} (${formatDuration(now - since)}).`,
  }
}

/** How far the host's clock is from the server's, in words; null where it is near enough not to matter. */
export function describeSkew(milliseconds: number | null): string | null {
  if (milliseconds === null || Math.abs(milliseconds) <= TOLD_SKEW_MILLISECONDS) return null
  const side = milliseconds > 0 ? 'ahead of' : 'behind'
  return `Its clock is ${formatDuration(Math.abs(milliseconds))} ${side} the server’s; times here are corrected by that.`
}

/** How old what is shown is, in words, where the last report tells of a time long before it: it came out of a spool. */
export function describeLate(
  detail: Pick<HypervisorDetail, 'observedAt' | 'lastSeenAt' | 'now'>,
  timeZone?: string,
): string | null {
  if (detail.observedAt === null || detail.lastSeenAt === null) return null
  const [observedAt, lastSeenAt] = [Date.parse(detail.observedAt), Date.parse(detail.lastSeenAt)]
  if (lastSeenAt - observedAt <= TOLD_LATE_MILLISECONDS) return null
  const seen = formatInstant(observedAt, Date.parse(detail.now), timeZone)
  return `What is shown is of ${seen}: reports that its collector kept for ${formatDuration(lastSeenAt - observedAt)} are still coming in.`
}

function headlineOf({ total, missing, unknown }: HypervisorDetail['vms']): string {
  if (missing > 0) {
    const of =
      missing === total
        ? total === 1
          ? 'Its only VM'
          : `All ${formatNumber(total)} VMs`
        : `${formatNumber(missing)} of ${formatCount(total, 'VM')}`
    return `${of} ${missing === 1 ? 'has' : 'have'} no ::/0.`
  }
  if (total === 0) return 'No VM has been seen here.'
  if (unknown === total && total === 1) return 'Its only VM could not be checked for ::/0.'
  if (unknown === total) return `None of its ${formatCount(total, 'VM')} could be checked for ::/0.`
  if (unknown > 0)
    return `Every VM that can be checked has ::/0; ${formatNumber(unknown)} of ${formatNumber(total)} cannot be.`
  return total === 1 ? 'Its only VM has ::/0.' : `All ${formatNumber(total)} VMs have ::/0.`
}
