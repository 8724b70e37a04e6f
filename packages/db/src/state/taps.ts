import type { TapState } from '@slashzero/core'
import { toInstant, toInstantOrNull } from './instant.ts'
import { upsertSql } from './upsert.ts'

export const upsertTapsSql = upsertSql('tap', ['hypervisor_id', 'key'], {
  hypervisor_id: 'text',
  key: 'text',
  namespace_id: 'bigint',
  namespace_name: 'text',
  ifindex: 'integer',
  name: 'text',
  kind: 'text',
  up: 'boolean',
  forwarding: 'boolean',
  all_routers_users: 'bigint',
  router_solicits_in: 'bigint',
  router_adverts_in: 'bigint',
  router_adverts_out: 'bigint',
  vm_key: 'text',
  status: 'text',
  status_reason: 'text',
  status_since: 'timestamptz',
  unanswered_solicits: 'bigint',
  unanswered_since: 'timestamptz',
  advertisements: 'json',
  memory: 'json',
})

export function toTapRow(hypervisorId: string, tap: TapState) {
  return {
    hypervisor_id: hypervisorId,
    key: tap.key,
    namespace_id: tap.namespaceId,
    namespace_name: tap.namespaceName,
    ifindex: tap.ifindex,
    name: tap.name,
    kind: tap.kind,
    up: tap.up,
    forwarding: tap.forwarding,
    all_routers_users: tap.allRoutersUsers,
    router_solicits_in: tap.routerSolicitsIn,
    router_adverts_in: tap.routerAdvertsIn,
    router_adverts_out: tap.routerAdvertsOut,
    vm_key: tap.vmKey,
    status: tap.status,
    status_reason: tap.statusReason,
    status_since: toInstant(tap.statusSince),
    unanswered_solicits: tap.unanswered?.solicits ?? null,
    unanswered_since: toInstantOrNull(tap.unanswered?.since ?? null),
    advertisements: tap.advertisements,
    memory: tap.memory,
  }
}

/** A stored row as node-postgres reads it. */
export type TapRow = Omit<ReturnType<typeof toTapRow>, 'status_since' | 'unanswered_since'> & {
  status_since: number
  unanswered_since: number | null
}

export function toTapState(row: TapRow): TapState {
  return {
    key: row.key,
    namespaceId: row.namespace_id,
    namespaceName: row.namespace_name,
    ifindex: row.ifindex,
    name: row.name,
    kind: row.kind,
    up: row.up,
    forwarding: row.forwarding,
    allRoutersUsers: row.all_routers_users,
    routerSolicitsIn: row.router_solicits_in,
    routerAdvertsIn: row.router_adverts_in,
    routerAdvertsOut: row.router_adverts_out,
    vmKey: row.vm_key,
    status: row.status,
    statusReason: row.status_reason,
    statusSince: row.status_since,
    unanswered:
      row.unanswered_solicits === null || row.unanswered_since === null
        ? null
        : { solicits: row.unanswered_solicits, since: row.unanswered_since },
    advertisements: row.advertisements,
    memory: row.memory,
  }
}
