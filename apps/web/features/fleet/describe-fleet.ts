import type { Fleet, FleetRow } from '@slashzero/contract/page'
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
export function describeFleet(fleet: Fleet, now: number, timeZone?: string): FleetDescription {
  return {
    tone: toneOf(fleet),
    headline: headlineOf(fleet),
    worst: worstOf(fleet.hypervisors, now, timeZone),
    dark: darkOf(fleet.hypervisors, now),
    next: nextOf(fleet.hypervisors, now),
    unknown: unknownOf(fleet.totals),
  }
}

/** The title of the fleet page in the browser's tab. */
export function titleOfFleet(fleet: Fleet | null): string {
  if (fleet === null) return 'Fleet · Slashzero'
  const { vmsMissing } = fleet.totals
  return vmsMissing === 0 ? 'Fleet · Slashzero' : `${formatCount(vmsMissing, 'VM')} missing ::/0 · Slashzero`
}

function toneOf({ totals, hypervisors }: Fleet): Tone {
  if (totals.vmsMissing > 0 || hypervisors.some(isBlocked)) return 'danger'
  return totals.vms === totals.vmsUnknown ? 'unknown' : 'ok'
}

function headlineOf({ totals, hypervisors }: Fleet): string {
  const { vms, vmsMissing, vmsUnknown, hypervisorsWithMissing } = totals
  const blocked = hypervisors.filter(isBlocked).length
  if (vmsMissing > 0) {
    const where = formatCount(hypervisorsWithMissing, 'hypervisor')
    return `${formatCount(vmsMissing, 'VM')} on ${where} ${vmsMissing === 1 ? 'has' : 'have'} no ::/0.`
  }
  if (vms === 0) return 'No VM has been seen yet.'
  if (vmsUnknown === vms) return 'No VM could be checked for ::/0.'
  if (blocked > 0) {
    const who =
      vmsUnknown > 0 ? 'Every VM that can be checked' : vms === 1 ? 'The only VM' : `Each of ${formatNumber(vms)} VMs`
    return `${who} still has ::/0, but ${formatCount(blocked, 'hypervisor')} ${troubleOf(hypervisors, blocked)}.`
  }
  if (vmsUnknown > 0) return 'Every VM that can be checked has ::/0.'
  return vms === 1 ? 'The only VM has ::/0.' : `All ${formatNumber(vms)} VMs have ::/0.`
}

/** The first row with a problem: rows are ordered worst first. */
function worstOf(rows: readonly FleetRow[], now: number, timeZone: string | undefined): FleetDescription['worst'] {
  const worst = rows.find((row) => row.status !== 'healthy' || row.vms.missing > 0)
  if (!worst) return null
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

/** When the VMs of all blocked hypervisors go dark. */
function darkOf(rows: readonly FleetRow[], now: number): string | null {
  const ranges = rows.map(({ goesDark }) => goesDark).filter((range) => range !== null)
  const [first] = ranges
  if (!first) return null
  return describeDark(
    ranges.slice(1).reduce(
      (all, { vms, firstAt, lastAt }) => ({
        vms: all.vms + vms,
        firstAt: firstAt < all.firstAt ? firstAt : all.firstAt,
        lastAt: lastAt > all.lastAt ? lastAt : all.lastAt,
      }),
      first,
    ),
    now,
  )
}

function nextOf(rows: readonly FleetRow[], now: number): FleetDescription['next'] {
  let next: { row: FleetRow; at: number } | null = null
  for (const row of rows) {
    if (row.fullAt === null || isBlocked(row)) continue
    const at = Date.parse(row.fullAt)
    if (next === null || at < next.at) next = { row, at }
  }
  return next && { id: next.row.id, name: next.row.name, text: `full ${formatUntil(next.at, now)}` }
}

function troubleOf(rows: readonly FleetRow[], blocked: number): string {
  const isSenderless = rows.filter(({ status }) => status === 'no-sender').length === blocked
  return isSenderless ? `${blocked === 1 ? 'has' : 'have'} no sender` : `${blocked === 1 ? 'is' : 'are'} blocked`
}

function isBlocked({ status }: FleetRow): boolean {
  return status === 'sends-blocked' || status === 'joins-blocked' || status === 'no-sender'
}

function unknownOf({ vmsUnknown, vms }: Fleet['totals']): string | null {
  if (vmsUnknown === 0) return null
  return `${formatNumber(vmsUnknown)} of ${formatCount(vms, 'VM')} could not be checked`
}
