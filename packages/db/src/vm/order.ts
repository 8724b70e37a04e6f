import type { VmPageQuery } from '@slashzero/contract/page'
import { routeStatusesWorstFirst, type RouteStatus } from '@slashzero/contract/rest'
import type { Order, SortKey } from '../list/keyset.ts'
import { wordsSql } from '../list/text.ts'

const id: SortKey = { sql: 'v.id', type: 'text' }
const name: SortKey = { sql: 'v.name', type: 'text' }
const rank: SortKey = { sql: `array_position(${wordsSql(routeStatusesWorstFirst)}, v.route_status)`, type: 'bigint' }

/** SQL: whether a VM (v) still has a default route that nothing can renew. The index vm_dark_idx has these VMs. */
export const isDark = "(NOT v.route_renewable AND v.route_status <> 'missing' AND v.route_ends_at IS NOT NULL)"

const KEYS: Record<VmPageQuery['sort'], readonly SortKey[]> = {
  since: [{ sql: 'v.route_since', type: 'timestamptz' }, name, id],
  name: [name, id],
  status: [rank, name, id],
  hypervisor: [{ sql: 'h.name', type: 'text' }, { sql: 'h.id', type: 'text' }, name, id],
  ends: [{ sql: 'v.route_ends_at', type: 'timestamptz' }, name, id],
}

/** On one hypervisor, the routes that end next come first in their status. */
const URGENT = [
  rank,
  { sql: `CASE WHEN ${isDark} THEN v.route_ends_at ELSE 'infinity' END`, type: 'timestamptz' },
  name,
  id,
] as const satisfies readonly SortKey[]

/** The order of a list of VMs (v) on hypervisors (h). */
export function vmOrder({
  sort,
  descending,
  hypervisor,
}: Pick<VmPageQuery, 'sort' | 'descending' | 'hypervisor'>): Order {
  return { keys: sort === 'status' && hypervisor !== undefined ? URGENT : KEYS[sort], descending }
}

/**
 * The statuses whose VMs are read apart, in the order of the list, because the indexes begin with the status. Null:
 * all are read together.
 */
export function statusesApart({
  sort,
  descending,
  route,
  goesDark,
  hypervisor,
}: VmPageQuery): readonly RouteStatus[] | null {
  if (sort === 'hypervisor' || route !== undefined || goesDark === true || hypervisor !== undefined) return null
  return descending ? routeStatusesWorstFirst.toReversed() : routeStatusesWorstFirst
}

/** The order of the primary key: VMs of a hypervisor stand together, and the key of a VM never changes. */
export const storedOrder: Order = {
  keys: [
    { sql: 'v.hypervisor_id', type: 'text' },
    { sql: 'v.key', type: 'text' },
  ],
  descending: false,
}
