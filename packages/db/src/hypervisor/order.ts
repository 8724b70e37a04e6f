import type { FleetPageQuery } from '@slashzero/contract/page'
import { hypervisorStatusesWorstFirst, type HypervisorStatus } from '@slashzero/contract/rest'
import type { Order, SortKey } from '../list/keyset.ts'
import { wordsSql } from '../list/text.ts'

/** Statuses that come before every other, whatever the VMs say. */
const BLOCKED = ['sends-blocked', 'no-sender', 'joins-blocked'] as const satisfies readonly HypervisorStatus[]

const id: SortKey = { sql: 'h.id', type: 'text' }
const name: SortKey = { sql: 'h.name', type: 'text' }
/** Unknown comes last. */
const fullAt: SortKey = { sql: "coalesce(h.full_at, 'infinity')", type: 'timestamptz' }
const joinsLeft: SortKey = { sql: `coalesce(h.joins_left, ${Number.MAX_SAFE_INTEGER})`, type: 'bigint' }

/**
 * The orders of hypervisors (h). Worst first: blocked sends, a missing sender, blocked joins, missing routes, status,
 * time until full, joins left, name. The indexes hypervisor_worst_idx and hypervisor_full_idx hold these expressions.
 */
export const fleetOrders: Record<FleetPageQuery['sort'], Order> = {
  worst: {
    keys: [
      {
        sql: `CASE WHEN h.status IN ('${BLOCKED.join("', '")}') THEN array_position(${wordsSql(BLOCKED)}, h.status) ELSE 4 END`,
        type: 'bigint',
      },
      { sql: '-h.vms_missing', type: 'bigint' },
      { sql: `array_position(${wordsSql(hypervisorStatusesWorstFirst)}, h.status)`, type: 'bigint' },
      fullAt,
      joinsLeft,
      name,
      id,
    ],
    descending: false,
  },
  name: { keys: [name, id], descending: false },
  full: { keys: [fullAt, name, id], descending: false },
}

/** SQL: whether the hypervisor fills up next, rather than being blocked already. */
export const isFilling = `h.full_at IS NOT NULL AND h.status NOT IN ('${BLOCKED.join("', '")}')`
