import type { FleetRow, FleetSummary, FleetTotals } from '@slashzero/contract/page'
import { formatCount, formatNumber } from '../../ui/words/format-count.ts'
import { formatDuration, formatUntil } from '../../ui/words/format-duration.ts'
import { formatInstant } from '../../ui/words/format-instant.ts'
import { describeDark } from '../route/describe-countdown.ts'
import { hypervisorWords, type Tone } from '../../ui/words/status-words.ts'

export type FleetDescription = {
  readonly tone: Tone
  readonly headline: string
  /** The hypervisor to repair first, and why; null if all are healthy. */
  readonly worst: {
    readonly id: string
    readonly name: string
    readonly text: string
    readonly why: string | null
  } | null
  /** When VMs lose a ::/0 that nothing can renew, in words; null if none is known. */
  readonly dark: string | null
  /** The hypervisor that fills up next; null if none is known. */
  readonly next: { readonly id: string; readonly name: string; readonly text: string } | null
  /** How many VMs could not be checked, in words; null if there are none. */
  readonly unknown: string | null
}

/**
 * The fleet's state in words: how many VMs have no ::/0, on how many hypervisors, and which hypervisors are worst and
 * next. @param now the server's clock in milliseconds
 */
export function describeFleet(
  { totals, worst, next, goesDark }: FleetSummary,
  now: number,
  timeZone?: string,
): FleetDescription {
  return {
    tone: toneOf(totals),
    headline: headlineOf(totals),
    worst: worstOf(worst, now, timeZone),
    dark: describeDark(goesDark, now),
    next: nextOf(next, now),
    unknown: unknownOf(totals),
  }
}

/** The title of the fleet page in the browser's tab. */
export function titleOfFleet(summary: FleetSummary | null): string {
  if (summary === null) return 'Fleet · Slashzero'
  const { vmsMissing } = summary.totals
  return vmsMissing === 0 ? 'Fleet · Slashzero' : `${formatCount(vmsMissing, 'VM')} missing ::/0 · Slashzero`
}

function toneOf(totals: FleetTotals): Tone {
  if (totals.vmsMissing > 0 || blockedOf(totals) > 0) return 'danger'
  return totals.vms === totals.vmsUnknown ? 'unknown' : 'ok'
}

function headlineOf(totals: FleetTotals): string {
  const { vms, vmsMissing, vmsUnknown, hypervisorsWithMissing } = totals
  const blocked = blockedOf(totals)
  if (vmsMissing > 0) {
    const where = formatCount(hypervisorsWithMissing, 'hypervisor')
    return `${formatCount(vmsMissing, 'VM')} on ${where} ${vmsMissing === 1 ? 'has' : 'have'} no ::/0.`
  }
  if (vms === 0) return 'No VM has been seen yet.'
  if (vmsUnknown === vms) return 'No VM could be checked for ::/0.'
  if (blocked > 0) {
    const who =
      vmsUnknown > 0 ? 'Every VM that can be checked' : vms === 1 ? 'The only VM' : `Each of ${formatNumber(vms)} VMs`
    return `${who} still has ::/0, but ${formatCount(blocked, 'hypervisor')} ${troubleOf(totals, blocked)}.`
  }
  if (vmsUnknown > 0) return 'Every VM that can be checked has ::/0.'
  return vms === 1 ? 'The only VM has ::/0.' : `All ${formatNumber(vms)} VMs have ::/0.`
}

function worstOf(worst: FleetRow | null, now: number, timeZone: string | undefined): FleetDescription['worst'] {
  if (worst === null) return null
  const { id, name, status, vms } = worst
  const since = Date.parse(worst.statusSince)
  const label = hypervisorWords[status].label.toLowerCase()
  const parts = [
    status === 'healthy'
      ? null
      : `${label} since ${formatInstant(since, now, timeZone)} (${formatDuration(now - since)})`,
    vms.missing === 0 ? null : `${formatCount(vms.missing, 'VM')} without ::/0`,
  ]
  return {
    id,
    name,
    text: parts.filter((words) => words !== null).join(', '),
    why: status === 'healthy' ? null : worst.statusReason,
  }
}

function nextOf(next: FleetRow | null, now: number): FleetDescription['next'] {
  if (next === null || next.fullAt === null) return null
  return { id: next.id, name: next.name, text: `full ${formatUntil(Date.parse(next.fullAt), now)}` }
}

function troubleOf({ statuses }: FleetTotals, blocked: number): string {
  const isSenderless = statuses['no-sender'] === blocked
  return isSenderless ? `${blocked === 1 ? 'has' : 'have'} no sender` : `${blocked === 1 ? 'is' : 'are'} blocked`
}

function blockedOf({ statuses }: FleetTotals): number {
  return statuses['sends-blocked'] + statuses['joins-blocked'] + statuses['no-sender']
}

function unknownOf({ vmsUnknown, vms }: FleetTotals): string | null {
  if (vmsUnknown === 0) return null
  return `${formatNumber(vmsUnknown)} of ${formatCount(vms, 'VM')} could not be checked`
}
