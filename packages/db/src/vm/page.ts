import { MAX_COUNTED, type VmFilter, type VmPageQuery } from '@slashzero/contract/page'
import { routeStatusesWorstFirst, type RouteStatus } from '@slashzero/contract/rest'
import { findHosts } from '../hypervisor/list.ts'
import { type Bind, collectValues, comesAfter, type Order, orderBy, type Position, positionOf } from '../list/keyset.ts'
import { toPattern } from '../list/text.ts'
import type { Queryable } from '../open.ts'
import { isDark, statusesApart, storedOrder, vmOrder } from './order.ts'

/** A search that finds more hypervisors reads VMs in their order, because most of them match. */
const MAX_HOSTS = 500

/** A filter whose search knows the hypervisors that it finds; `all` if they are too many to name. */
type Resolved = Omit<VmFilter, 'search'> & {
  readonly found: { readonly pattern: string; readonly hosts: readonly string[] | 'all' } | null
}

async function resolve(client: Queryable, { search, ...filter }: VmFilter): Promise<Resolved> {
  if (search === undefined) return { ...filter, found: null }
  const hosts = await findHosts(client, search, MAX_HOSTS + 1)
  return { ...filter, found: { pattern: toPattern(search), hosts: hosts.length > MAX_HOSTS ? 'all' : hosts } }
}

function matches({ route, goesDark, hypervisor, found }: Resolved, bind: Bind): string {
  const conditions = [
    ...(route === undefined ? [] : [`v.route_status = ${bind(route)}`]),
    ...(goesDark === true ? [isDark] : []),
    ...(hypervisor === undefined ? [] : [`v.hypervisor_id = ${bind(hypervisor)}`]),
    ...(found === null ? [] : [isFound(found, bind)]),
  ]
  return conditions.join(' AND ') || 'true'
}

function isFound({ pattern, hosts }: NonNullable<Resolved['found']>, bind: Bind): string {
  const placeholder = bind(pattern)
  const own = `v.search LIKE ${placeholder}`
  if (hosts === 'all')
    return `(${own} OR v.hypervisor_id IN (SELECT id FROM hypervisor WHERE search LIKE ${placeholder}))`
  return hosts.length === 0 ? own : `(${own} OR v.hypervisor_id = ANY(${bind(hosts)}))`
}

/** A search with fewer results, as PostgreSQL expects them, is sorted and counted as a whole: one look at its index. */
const MAX_NARROW = 2000

async function isNarrow(client: Queryable, filter: Resolved): Promise<boolean> {
  const { values, bind } = collectValues()
  const { rows } = await client.query<{ 'QUERY PLAN': readonly { Plan: { 'Plan Rows': number } }[] }>(
    `EXPLAIN (FORMAT JSON) SELECT FROM vm v WHERE ${matches(filter, bind)}`,
    values,
  )
  return rows.every((row) => row['QUERY PLAN'].every(({ Plan }) => Plan['Plan Rows'] <= MAX_NARROW))
}

/** The ids of the first `limit` matching VMs after the position, in order, each with its own position. */
export async function readVmPositions(
  client: Queryable,
  query: VmPageQuery,
  after: Position | null,
): Promise<{ readonly id: string; readonly position: Position }[]> {
  const { values, bind } = collectValues()
  const filter = await resolve(client, query)
  const isApart = filter.found === null || !(await isNarrow(client, filter))
  const order = vmOrder(query)
  const limit = bind(query.limit)
  const from = query.sort === 'hypervisor' ? 'vm v JOIN hypervisor h ON h.id = v.hypervisor_id' : 'vm v'
  const keys = order.keys.map(({ sql }, index) => `${sql} AS k${index}`).join(', ')
  const parts = partsOf(query, order, after, isApart).map(
    (part) =>
      `(SELECT v.id, ${positionOf(order)} AS position, ${keys}
      FROM ${from} WHERE ${matches({ ...filter, route: part.route }, bind)} AND ${comesAfter(part.order, part.after, bind)}
      ORDER BY ${orderBy(part.order)} LIMIT ${limit})`,
  )
  if (parts.length === 0) return []
  const direction = query.descending ? 'DESC' : 'ASC'
  const { rows } = await client.query<{ id: string; position: string[] }>(
    `SELECT id, position FROM (${parts.join(' UNION ALL ')}) AS found
     ORDER BY ${order.keys.map((_, index) => `k${index} ${direction}`).join(', ')} LIMIT ${limit}`,
    values,
  )
  return rows
}

type Part = { readonly route: RouteStatus | undefined; readonly order: Order; readonly after: Position | null }

/** The parts of a list that each can be read along an index, which begins with the status. */
function partsOf(query: VmPageQuery, order: Order, after: Position | null, isApart: boolean): Part[] {
  const apart = isApart ? statusesApart(query) : null
  if (apart === null) return [{ route: query.route, order, after }]
  if (query.sort !== 'status') return apart.map((route) => ({ route, order, after }))
  // Within a status the other keys alone make the order.
  const { descending } = order
  const within = { keys: order.keys.slice(1), descending }
  if (after === null) return apart.map((route) => ({ route, order: within, after }))
  const reached = routeStatusesWorstFirst.at(Number(after[0]) - 1)
  const index = reached === undefined ? apart.length : apart.indexOf(reached)
  return apart.slice(index).map((route) => ({ route, order: within, after: route === reached ? after.slice(1) : null }))
}

/** The ids of the first `limit` matching VMs after the position, as they are stored, each with its own position. */
export async function readStoredVms(
  client: Queryable,
  filter: VmFilter,
  { after, limit }: { readonly after: Position | null; readonly limit: number },
): Promise<{ readonly id: string; readonly position: Position }[]> {
  const { values, bind } = collectValues()
  const condition = matches(await resolve(client, filter), bind)
  const { rows } = await client.query<{ id: string; position: string[] }>(
    `SELECT v.id, ${positionOf(storedOrder)} AS position FROM vm v
     WHERE ${condition} AND ${comesAfter(storedOrder, after, bind)} ORDER BY ${orderBy(storedOrder)} LIMIT ${bind(limit)}`,
    values,
  )
  return rows
}

/** `isExact`: no count ended at MAX_COUNTED. */
export type Tally = {
  readonly isExact: boolean
  readonly route: Record<RouteStatus, number>
  readonly goesDark: number
  readonly hypervisorsWithMissing: number
}

/** Counts the VMs of a search by the status of their route; each count ends at MAX_COUNTED. */
export async function tallyVms(client: Queryable, search: Pick<VmFilter, 'search' | 'hypervisor'>): Promise<Tally> {
  const { values, bind } = collectValues()
  const filter = await resolve(client, search)
  if (await isNarrow(client, filter)) return tallyNarrow(client, filter)
  const max = bind(MAX_COUNTED)
  const count = (name: string, own: Resolved) =>
    `(SELECT '${name}' AS name, count(*) AS vms, count(DISTINCT hypervisor_id) AS hypervisors
      FROM (SELECT v.hypervisor_id FROM vm v WHERE ${matches(own, bind)} LIMIT ${max}) AS found)`
  const counts = [
    ...routeStatusesWorstFirst.map((route) => count(route, { ...filter, route })),
    count('dark', { ...filter, goesDark: true }),
  ]
  const { rows } = await client.query<{ name: string; vms: number; hypervisors: number }>(
    counts.join(' UNION ALL '),
    values,
  )
  const of = (name: string) => rows.find((row) => row.name === name) ?? { vms: 0, hypervisors: 0 }
  return {
    isExact: rows.every(({ vms }) => vms < MAX_COUNTED),
    route: { missing: of('missing').vms, expiring: of('expiring').vms, unknown: of('unknown').vms, ok: of('ok').vms },
    goesDark: of('dark').vms,
    hypervisorsWithMissing: of('missing').hypervisors,
  }
}

async function tallyNarrow(client: Queryable, filter: Resolved): Promise<Tally> {
  const { values, bind } = collectValues()
  const { rows } = await client.query<{ status: RouteStatus; vms: number; dark: number; hypervisors: number }>(
    `SELECT v.route_status AS status, count(*) AS vms, count(*) FILTER (WHERE ${isDark}) AS dark,
       count(DISTINCT v.hypervisor_id) AS hypervisors
     FROM vm v WHERE ${matches(filter, bind)} GROUP BY v.route_status`,
    values,
  )
  const of = (status: RouteStatus) => rows.find((row) => row.status === status)
  const count = (status: RouteStatus) => of(status)?.vms ?? 0
  return {
    isExact: true,
    route: { missing: count('missing'), expiring: count('expiring'), unknown: count('unknown'), ok: count('ok') },
    goesDark: rows.reduce((sum, { dark }) => sum + dark, 0),
    hypervisorsWithMissing: of('missing')?.hypervisors ?? 0,
  }
}
