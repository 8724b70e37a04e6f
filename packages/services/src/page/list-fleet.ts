import { fleetCounts, type FleetCounts, type FleetPage, type FleetPageQuery } from '@slashzero/contract/page'
import { hypervisorStatus, type HypervisorStatus } from '@slashzero/contract/rest'
import { countStatuses, fleetOrders, readFleetPage } from '@slashzero/db'
import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'
import { toIso } from '../time.ts'
import { cutPage, readPosition } from './cursor.ts'
import { toFleetRow } from './to-fleet-row.ts'

/** One page of the matching hypervisors. Throws ServiceError `invalid` for a cursor of another list. */
export async function listFleet(context: ServiceContext, query: FleetPageQuery): Promise<FleetPage> {
  authorise(context, 'read')
  const { cursor, limit, sort, ...filter } = query
  const list = { name: 'fleet', filter, order: fleetOrders[sort] }
  const after = readPosition(list, cursor)
  const rows = await readFleetPage(context.db.pool, { ...filter, sort, limit: limit + 1 }, after)
  const { shown, nextCursor } = cutPage(list, rows, limit)
  return { now: toIso(context.now()), items: shown.map(({ row }) => toFleetRow(row)), nextCursor }
}

/** Counts the hypervisors of a search by status. */
export async function countFleet(
  context: ServiceContext,
  filter: Pick<FleetPageQuery, 'search'>,
): Promise<FleetCounts> {
  authorise(context, 'read')
  return { now: toIso(context.now()), statuses: toStatuses(await countStatuses(context.db.pool, filter)) }
}

/** The count of each status; 0 for an absent one. */
export function toStatuses(counts: ReadonlyMap<HypervisorStatus, number>): Record<HypervisorStatus, number> {
  const all = hypervisorStatus.options.map((status) => [status, counts.get(status) ?? 0])
  return fleetCounts.shape.statuses.parse(Object.fromEntries(all))
}
