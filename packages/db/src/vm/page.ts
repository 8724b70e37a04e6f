import { MAX_COUNTED, type VmFilter, type VmPageQuery } from '@slashzero/contract/page'
import { routeStatusesWorstFirst, type RouteStatus } from '@slashzero/contract/rest'
import { findHosts } from '../hypervisor/list.ts'
import { type Bind, collectValues, comesAfter, type Order, orderBy, type Position, positionOf } from '../list/keyset.ts'
import { toPattern } from '../list/text.ts'
import type { Queryable } from '../open.ts'
import { isDark, statusesApart, vmOrder } from './order.ts'

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

/** The ids of the first `limit` matching VMs after the position, in order, each with its own position. */
export async function readVmPositions(
  client: Queryable,
  query: VmPageQuery,
  after: Position | null,
): Promise<{ readonly id: string; readonly position: Position }[]> {
  const { values, bind } = collectValues()
  const filter = await resolve(client, query)
  const order = vmOrder(query)
  const limit = bind(query.limit)
  const from = query.sort === 'hypervisor' ? 'vm v JOIN hypervisor h ON h.id = v.hypervisor_id' : 'vm v'
  const keys = order.keys.map(({ sql }, index) => `${sql} AS k${index}`).join(', ')
  const parts = partsOf(query, order, after).map(
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
function partsOf(query: VmPageQuery, order: Order, after: Position | null): Part[] {
  const apart = statusesApart(query)
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

/** The ids of the first `limit` matching VMs after the id `after`, by id. */
export async function readVmIdsAfter(
  client: Queryable,
  filter: VmFilter,
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<string[]> {
  const { values, bind } = collectValues()
  const condition = matches(await resolve(client, filter), bind)
  const { rows } = await client.query<{ id: string }>(
    `SELECT v.id FROM vm v WHERE ${condition} AND v.id > ${bind(after)} ORDER BY v.id LIMIT ${bind(limit)}`,
    values,
  )
  return rows.map((row) => row.id)
}

export type Tally = {
  readonly route: Record<RouteStatus, number>
  readonly goesDark: number
  readonly hypervisorsWithMissing: number
}

/** Counts the VMs of a search by the status of their route; each count ends at MAX_COUNTED. */
export async function tallyVms(client: Queryable, search: Pick<VmFilter, 'search' | 'hypervisor'>): Promise<Tally> {
  const { values, bind } = collectValues()
  const filter = await resolve(client, search)
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
    route: { missing: of('missing').vms, expiring: of('expiring').vms, unknown: of('unknown').vms, ok: of('ok').vms },
    goesDark: of('dark').vms,
    hypervisorsWithMissing: of('missing').hypervisors,
  }
}
