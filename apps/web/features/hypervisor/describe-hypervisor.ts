import type { HypervisorHead } from '@slashzero/contract/page'
import { mayHide } from '@slashzero/contract/report'
import { formatCount, formatNumber } from '../../ui/words/format-count.ts'
import { formatDuration } from '../../ui/words/format-duration.ts'
import { formatInstant } from '../../ui/words/format-instant.ts'
import { describeDark } from '../route/describe-countdown.ts'
import { hypervisorWords, type Tone } from '../../ui/words/status-words.ts'

export type HypervisorDescription = {
  readonly tone: Tone
  readonly headline: string
  readonly since: string
  /** When its VMs lose a ::/0 that nothing can renew; null if none is known. */
  readonly dark: string | null
}

const MAX_SKEW_MILLISECONDS = 2000
/** A report that arrives later than this comes from the collector's spool. */
const MAX_LATE_MILLISECONDS = 60_000

/**
 * A hypervisor's state in words: its VMs first, then its own status.
 * @param now the server's clock in milliseconds
 */
export function describeHypervisor(detail: HypervisorHead, now: number, timeZone?: string): HypervisorDescription {
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

/** How far the host's clock is from the server's, in words; null if the difference does not matter. */
export function describeSkew(milliseconds: number | null): string | null {
  if (milliseconds === null || Math.abs(milliseconds) <= MAX_SKEW_MILLISECONDS) return null
  const side = milliseconds > 0 ? 'ahead of' : 'behind'
  return `The host’s clock is ${formatDuration(Math.abs(milliseconds))} ${side} the server’s. The times on this page are corrected.`
}

/** The age of the data on show, in words, if the last report came from the collector's spool; otherwise null. */
export function describeLate(
  detail: Pick<HypervisorHead, 'status' | 'observedAt' | 'lastSeenAt' | 'now'>,
  timeZone?: string,
): string | null {
  if (detail.observedAt === null || detail.lastSeenAt === null) return null
  const [observedAt, lastSeenAt] = [Date.parse(detail.observedAt), Date.parse(detail.lastSeenAt)]
  if (lastSeenAt - observedAt <= MAX_LATE_MILLISECONDS) return null
  const seen = formatInstant(observedAt, Date.parse(detail.now), timeZone)
  // A silent hypervisor delivers nothing.
  if (detail.status === 'silent') return `This page shows the state of ${seen}, and later reports have not arrived.`
  return `This page shows the state of ${seen}: the collector is still delivering reports that it kept for ${formatDuration(lastSeenAt - observedAt)}.`
}

/** Why a hypervisor shows no sender: a failed probe may hide senders. */
export function describeNoSender(runs: readonly HypervisorHead['runs'][number][]): {
  readonly title: string
  readonly text: string
} {
  const failed = runs.find(({ probe, outcome }) => outcome === 'failed' && mayHide(probe, 'senders'))
  return failed
    ? {
        title: 'The senders could not be read.',
        text: `Probe ${failed.probe}: ${failed.error ?? 'no reason was given'}`,
      }
    : {
        title: 'No sender found.',
        text: 'No process on this host owns a raw ICMPv6 socket, which a Router Advertisement daemon needs.',
      }
}

function headlineOf({ total, missing, unknown }: HypervisorHead['vms']): string {
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
  if (unknown === total) return `None of ${formatCount(total, 'VM')} could be checked for ::/0.`
  if (unknown > 0)
    return `Every VM that can be checked has ::/0; ${formatNumber(unknown)} of ${formatNumber(total)} cannot be.`
  return total === 1 ? 'Its only VM has ::/0.' : `All ${formatNumber(total)} VMs have ::/0.`
}
