import type { FleetRow, Headroom } from '@slashzero/contract/page'
import type { HypervisorSummary } from '@slashzero/db'
import { toHypervisorHead } from '../rest/to-hypervisor-resource.ts'
import { toIsoOrNull } from '../time.ts'

/** Turns a hypervisor into a row of the fleet list. */
export function toFleetRow(summary: HypervisorSummary): FleetRow {
  return { ...toHypervisorHead(summary), ...toHeadroom(summary) }
}

/** The headroom of a hypervisor, which is that of its tightest socket; null figures without a socket. */
export function toHeadroom({
  optmemBytes,
  optmemMaxBytes,
  memberships,
  staleMemberships,
  joinsLeft,
  fullAt,
}: Omit<Headroom, 'fullAt'> & { readonly fullAt: number | null }): Headroom {
  return { optmemBytes, optmemMaxBytes, memberships, staleMemberships, joinsLeft, fullAt: toIsoOrNull(fullAt) }
}
