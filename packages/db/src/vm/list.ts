import { routeStatusesWorstFirst, type RouteStatus } from '@slashzero/contract/rest'
import type { VmListQuery } from '@slashzero/contract/page'
import type { Queryable } from '../open.ts'
import { isDark } from './order.ts'
import { selectVms, type VmRecord } from './select.ts'

export type VmFilter = Pick<VmListQuery, 'route' | 'goesDark' | 'hypervisor' | 'search'>
export type VmOrder = Pick<VmListQuery, 'sort' | 'descending'>

const where = `($1::text IS NULL OR v.route_status = $1) AND ($2::text IS NULL OR v.hypervisor_id = $2)
  AND (NOT $4::boolean OR ${isDark})
  AND ($3::text IS NULL OR strpos(lower(concat_ws(E'\\n', v.name, v.uuid, h.name)), lower($3)) > 0 OR EXISTS (
    SELECT FROM tap s WHERE s.hypervisor_id = v.hypervisor_id AND s.key = ANY(v.tap_keys)
    AND strpos(lower(s.name), lower($3)) > 0))`

function filterValues({ route, goesDark: dark, hypervisor, search }: VmFilter): (string | boolean | null)[] {
  return [route ?? null, hypervisor ?? null, search === undefined || search === '' ? null : search, dark ?? false]
}

const sortColumns: Record<VmListQuery['sort'], string> = {
  since: 'v.route_since',
  // The row holds the end of a route only if nothing seems to renew the route. NULL sorts last.
  ends: "CASE WHEN v.route_status <> 'missing' THEN v.route_ends_at END",
  name: 'v.name',
  hypervisor: 'h.name',
  status: `array_position(ARRAY['${routeStatusesWorstFirst.join("','")}'], v.route_status)`,
}

function orderBy({ sort, descending }: VmOrder): string {
  return `${sortColumns[sort]} ${descending ? 'DESC' : 'ASC'}, v.name, v.id`
}

/** Counts the matching VMs and their hypervisors. */
export async function countVms(client: Queryable, filter: VmFilter): Promise<{ total: number; hypervisors: number }> {
  const { rows } = await client.query<{ total: number; hypervisors: number }>(
    `SELECT count(*) AS total, count(DISTINCT v.hypervisor_id) AS hypervisors
     FROM vm v JOIN hypervisor h ON h.id = v.hypervisor_id WHERE ${where}`,
    filterValues(filter),
  )
  return rows[0] ?? { total: 0, hypervisors: 0 }
}

/** Counts the matching VMs by the status of their route, and the VMs that go dark. */
export async function countRoutes(
  client: Queryable,
  filter: VmFilter,
): Promise<readonly { readonly status: RouteStatus; readonly vms: number; readonly dark: number }[]> {
  const { rows } = await client.query<{ status: RouteStatus; vms: number; dark: number }>(
    `SELECT v.route_status AS status, count(*) AS vms, count(*) FILTER (WHERE ${isDark}) AS dark
     FROM vm v JOIN hypervisor h ON h.id = v.hypervisor_id WHERE ${where} GROUP BY v.route_status`,
    filterValues(filter),
  )
  return rows
}

/** Selects the page before the taps, because a fleet has many taps. */
export async function readVms(
  client: Queryable,
  query: VmFilter & VmOrder & { readonly offset: number; readonly limit: number | null },
): Promise<VmRecord[]> {
  const picked = `SELECT v.* FROM vm v JOIN hypervisor h ON h.id = v.hypervisor_id
    WHERE ${where} ORDER BY ${orderBy(query)} OFFSET $5 LIMIT $6`
  const values = [...filterValues(query), query.offset, query.limit]
  return selectVms(client, { source: `(${picked})`, rest: `ORDER BY ${orderBy(query)}`, values })
}

/** The ids of all matching VMs, in order. */
export async function readVmIds(client: Queryable, query: VmFilter & VmOrder): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT v.id FROM vm v JOIN hypervisor h ON h.id = v.hypervisor_id WHERE ${where} ORDER BY ${orderBy(query)}`,
    filterValues(query),
  )
  return rows.map((row) => row.id)
}

/** These VMs in the order of `ids`, without removed VMs. */
export async function readVmsById(client: Queryable, ids: readonly string[]): Promise<VmRecord[]> {
  const rest = 'WHERE v.id = ANY($1) ORDER BY array_position($1::text[], v.id)'
  return selectVms(client, { rest, values: [ids] })
}

/** The first `limit` VMs by id after `after`. */
export async function readVmPage(
  client: Queryable,
  filter: VmFilter,
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<VmRecord[]> {
  const values = [...filterValues(filter), after, limit]
  return selectVms(client, { rest: `WHERE ${where} AND v.id > $5 ORDER BY v.id LIMIT $6`, values })
}
