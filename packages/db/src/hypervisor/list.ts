import type { FleetPageQuery } from '@slashzero/contract/page'
import type { HypervisorStatus } from '@slashzero/contract/rest'
import { collectValues, comesAfter, orderBy, type Position, positionOf, type Bind } from '../list/keyset.ts'
import { toPattern } from '../list/text.ts'
import type { Queryable } from '../open.ts'
import { fleetOrders, isFilling } from './order.ts'
import { FLEET, type HypervisorSummary, summary } from './read.ts'

type Filter = Pick<FleetPageQuery, 'status' | 'search'>

function matches({ status, search }: Filter, bind: Bind): string {
  const conditions = [
    ...(status === undefined ? [] : [`h.status = ${bind(status)}`]),
    ...(search === undefined || search === '' ? [] : [`h.search LIKE ${bind(toPattern(search))}`]),
  ]
  return conditions.join(' AND ') || 'true'
}

/** The first `limit` matching hypervisors after the position, each with its own position. */
export async function readFleetPage(
  client: Queryable,
  { sort, limit, ...filter }: Filter & Pick<FleetPageQuery, 'sort' | 'limit'>,
  after: Position | null,
): Promise<{ readonly row: HypervisorSummary; readonly position: Position }[]> {
  const { values, bind } = collectValues()
  const order = fleetOrders[sort]
  const { rows } = await client.query<Record<string, unknown> & { position: string[] }>(
    `SELECT ${summary.list}, ${positionOf(order)} AS position ${FLEET}
     WHERE ${matches(filter, bind)} AND ${comesAfter(order, after, bind)}
     ORDER BY ${orderBy(order)} LIMIT ${bind(limit)}`,
    values,
  )
  return rows.map((row) => ({ row: summary.read(row), position: row.position }))
}

/** The hypervisor to repair first, and the hypervisor that fills up next; null for one that does not exist. */
export async function readFirst(client: Queryable, which: 'worst' | 'full'): Promise<HypervisorSummary | null> {
  const condition = which === 'full' ? isFilling : "(h.status <> 'healthy' OR h.vms_missing > 0)"
  const { rows } = await client.query<Record<string, unknown>>({
    name: `read-first-${which}`,
    text: `SELECT ${summary.list} ${FLEET} WHERE ${condition} ORDER BY ${orderBy(fleetOrders[which])} LIMIT 1`,
  })
  const [first] = rows
  return first === undefined ? null : summary.read(first)
}

/** How many matching hypervisors have each status. Absent: none. */
export async function countStatuses(
  client: Queryable,
  filter: Pick<Filter, 'search'>,
): Promise<ReadonlyMap<HypervisorStatus, number>> {
  const { values, bind } = collectValues()
  const { rows } = await client.query<{ status: HypervisorStatus; hypervisors: number }>(
    `SELECT h.status, count(*) AS hypervisors FROM hypervisor h WHERE ${matches(filter, bind)} GROUP BY h.status`,
    values,
  )
  return new Map(rows.map(({ status, hypervisors }) => [status, hypervisors]))
}

/** The ids of the hypervisors that a search finds; at most `limit`. */
export async function findHosts(client: Queryable, search: string, limit: number): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>('SELECT id FROM hypervisor WHERE search LIKE $1 LIMIT $2', [
    toPattern(search),
    limit,
  ])
  return rows.map((row) => row.id)
}

/** The hypervisors that enrolled since a time in milliseconds and are no demo, latest first, and how many there are. */
export async function readArrivals(
  client: Queryable,
  since: number,
  limit: number,
): Promise<{ readonly items: HypervisorSummary[]; readonly total: number }> {
  const where = 'WHERE h.created_at >= $1 AND NOT h.demo'
  const { rows } = await client.query<Record<string, unknown> & { total: number }>(
    `SELECT ${summary.list}, count(*) OVER () AS total ${FLEET} ${where} ORDER BY h.created_at DESC, h.id LIMIT $2`,
    [new Date(since), limit],
  )
  return { items: rows.map((row) => summary.read(row)), total: rows[0]?.total ?? 0 }
}
