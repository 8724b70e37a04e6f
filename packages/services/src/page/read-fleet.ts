import type { Fleet, FleetRow } from '@slashzero/contract/page'
import { compareWorstFirst, tightestSocket } from '@slashzero/core'
import {
  type DarkRange,
  type HypervisorSummary,
  readDarkRanges,
  readHeadrooms,
  readHypervisors,
  type SocketHeadroom,
} from '@slashzero/db'
import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'
import { toIso, toIsoOrNull } from '../time.ts'

/** Every hypervisor, worst first, and the totals. Three queries for a fleet of any size. */
export async function readFleet(context: ServiceContext): Promise<Fleet> {
  authorise(context, 'read')
  const [summaries, headrooms] = await Promise.all([readHypervisors(context.db.pool), readHeadrooms(context.db.pool)])
  const darkRanges = await readDarkRanges(context.db.pool, blockedIds(summaries))
  const hypervisors = summaries
    .map((summary) => toFleetRow(summary, tightestSocket(headrooms.get(summary.id) ?? []), darkRanges.get(summary.id)))
    .toSorted(compareWorstFirst)
  return { now: toIso(context.now()), totals: addUp(hypervisors), hypervisors }
}

/** Hypervisors with VMs whose routes nothing can renew. */
export function blockedIds(summaries: readonly HypervisorSummary[]): string[] {
  return summaries.filter(({ status }) => status === 'sends-blocked' || status === 'no-sender').map(({ id }) => id)
}

/** The row of one hypervisor, with the headroom of `socket`. */
export function toFleetRow(
  summary: HypervisorSummary,
  socket: SocketHeadroom | null,
  dark: DarkRange | undefined,
): FleetRow {
  return {
    id: summary.id,
    name: summary.name,
    demo: summary.demo,
    labels: { ...summary.labels },
    collectorVersion: summary.collectorVersion,
    status: summary.status,
    statusReason: summary.statusReason,
    statusSince: toIso(summary.statusSince),
    lastSeenAt: toIsoOrNull(summary.lastSeenAt),
    optmemBytes: socket?.optmemBytes ?? null,
    optmemMaxBytes: socket?.optmemMaxBytes ?? null,
    joinsLeft: socket?.joinsLeft ?? null,
    memberships: socket?.memberships ?? null,
    staleMemberships: socket?.staleMemberships ?? null,
    fullAt: toIsoOrNull(socket?.fullAt ?? null),
    goesDark: dark === undefined ? null : { firstAt: toIso(dark.firstAt), lastAt: toIso(dark.lastAt), vms: dark.vms },
    vms: { total: summary.vmsTotal, missing: summary.vmsMissing, unknown: summary.vmsUnknown },
  }
}

function addUp(rows: readonly FleetRow[]): Fleet['totals'] {
  const totals = {
    hypervisors: rows.length,
    demoHypervisors: 0,
    vms: 0,
    vmsMissing: 0,
    vmsUnknown: 0,
    hypervisorsWithMissing: 0,
  }
  for (const { demo, vms } of rows) {
    if (demo) totals.demoHypervisors++
    totals.vms += vms.total
    totals.vmsMissing += vms.missing
    totals.vmsUnknown += vms.unknown
    if (vms.missing > 0) totals.hypervisorsWithMissing++
  }
  return totals
}
