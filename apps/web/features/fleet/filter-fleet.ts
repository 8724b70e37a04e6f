import { hypervisorStatus, type HypervisorStatus } from '@slashzero/contract/rest'
import { type FleetRow } from '@slashzero/contract/page'

/** What the fleet page shows, as it stands in its URL. */
export type FleetView = { readonly search: string; readonly status: HypervisorStatus | null }

/** Reads the view from the URL; what makes no sense there is as if it were absent. */
export function readFleetView(params: URLSearchParams): FleetView {
  const status = hypervisorStatus.safeParse(params.get('status'))
  return {
    search: params.get('search') ?? '',
    status: status.success ? status.data : null,
  }
}

/** The rows whose name, reason, collector (`collector=0.1.0`) or one of whose labels (`site=par1`) holds the search text, in any case, before any status is chosen. */
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
