import { hypervisorStatusesWorstFirst, type HypervisorStatus } from '@slashzero/contract/rest'

export type Compared = {
  readonly name: string
  readonly status: HypervisorStatus
  readonly joinsLeft: number | null
  /** Any form that sorts by time: ISO text of one zone, or milliseconds. */
  readonly fullAt: string | number | null
  readonly vms: { readonly missing: number }
}

/** How bad a status is: the higher, the worse. */
export function severity(status: HypervisorStatus): number {
  return hypervisorStatusesWorstFirst.length - hypervisorStatusesWorstFirst.indexOf(status)
}

/**
 * Orders hypervisors worst first: blocked sends, blocked joins, a missing sender, missing routes, status, time until
 * full, joins left, name.
 */
export function compareWorstFirst(a: Compared, b: Compared): number {
  return (
    blocked(b.status) - blocked(a.status) ||
    b.vms.missing - a.vms.missing ||
    severity(b.status) - severity(a.status) ||
    compareLowestFirst(a.fullAt, b.fullAt) ||
    compareLowestFirst(a.joinsLeft, b.joinsLeft) ||
    compareLowestFirst(a.name, b.name)
  )
}

function blocked(status: HypervisorStatus): number {
  return severity(status) >= severity('joins-blocked') ? severity(status) : 0
}

/** Unknown comes last. */
function compareLowestFirst(a: string | number | null, b: string | number | null): number {
  if (a === b) return 0
  if (a === null || b === null) return a === null ? 1 : -1
  return a < b ? -1 : 1
}
