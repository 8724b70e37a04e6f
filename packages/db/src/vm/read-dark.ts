import type { Queryable } from '../open.ts'

/** SQL: whether a VM still has a default route that nothing can renew. */
export function goesDark(table: string): string {
  return `(NOT ${table}.route_renewable AND ${table}.route_status <> 'missing' AND ${table}.route_ends_at IS NOT NULL)`
}

/** A hypervisor's VMs with a default route that nothing can renew, and when the first and the last route end. */
export type DarkRange = { readonly firstAt: number; readonly lastAt: number; readonly vms: number }

/** The dark ranges by hypervisor. Hypervisors without such VMs are absent. */
export async function readDarkRanges(
  client: Queryable,
  hypervisorIds: readonly string[],
): Promise<Map<string, DarkRange>> {
  if (hypervisorIds.length === 0) return new Map()
  const { rows } = await client.query<DarkRange & { hypervisorId: string }>({
    name: 'read-dark-ranges',
    text: `SELECT hypervisor_id AS "hypervisorId", min(route_ends_at) AS "firstAt", max(route_ends_at) AS "lastAt", count(*) AS vms
      FROM vm WHERE hypervisor_id = ANY($1) AND ${goesDark('vm')}
      GROUP BY hypervisor_id`,
    values: [hypervisorIds],
  })
  return new Map(rows.map(({ hypervisorId, ...range }) => [hypervisorId, range]))
}
