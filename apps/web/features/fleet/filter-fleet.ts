import { HYPERVISOR_STATUSES, type HypervisorStatus } from '@slashzero/contract/rest'
import { type FleetRow } from '@slashzero/contract/page'

/** The search and filter of the fleet page, as its URL says. */
export type FleetView = { readonly search: string; readonly status: HypervisorStatus | null }

/** Reads the view from the URL and ignores invalid values. */
export function readFleetView(params: URLSearchParams): FleetView {
  return {
    search: params.get('search') ?? '',
    status: HYPERVISOR_STATUSES.find((status) => status === params.get('status')) ?? null,
  }
}

/**
 * The rows with the search text in their name, reason, collector (`collector=0.1.0`) or labels (`site=par1`), in any
 * case.
 */
export function searchFleet(rows: readonly FleetRow[], search: string): readonly FleetRow[] {
  const wanted = search.trim().toLowerCase()
  if (wanted === '') return rows
  return rows.filter((row) => searched(row).toLowerCase().includes(wanted))
}

function searched({ name, statusReason, labels, collectorVersion }: FleetRow): string {
  return [
    name,
    statusReason,
    `collector=${collectorVersion ?? ''}`,
    ...Object.entries(labels).map(([label, value]) => `${label}=${value}`),
  ].join('\n')
}

/** How many rows have each status. */
export function countStatuses(rows: readonly FleetRow[]): ReadonlyMap<HypervisorStatus, number> {
  const counts = new Map<HypervisorStatus, number>()
  for (const { status } of rows) counts.set(status, (counts.get(status) ?? 0) + 1)
  return counts
}
