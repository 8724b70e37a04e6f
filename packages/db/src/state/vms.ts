import { createHash } from 'node:crypto'
import type { Countdown, VmState } from '@slashzero/core'
import { toInstant, toInstantOrNull } from './instant.ts'
import { upsertSql } from './upsert.ts'

export const upsertVmsSql = upsertSql('vm', ['hypervisor_id', 'key'], {
  hypervisor_id: 'text',
  key: 'text',
  id: 'text',
  name: 'text',
  uuid: 'text',
  tap_keys: 'text[]',
  route_status: 'text',
  route_reason: 'text',
  route_since: 'timestamptz',
  route_checked_at: 'timestamptz',
  route_method: 'text',
  route_gateway: 'text',
  route_expires_at: 'timestamptz',
  route_cause: 'text',
  route_ends_at: 'timestamptz',
  route_ends_basis: 'text',
  route_renewable: 'boolean',
  checks: 'json',
  memory: 'json',
})

/**
 * The public id of a VM: the same for the same VM on the same hypervisor for ever, also after it left and came back,
 * and not to be guessed, as the hypervisor's id is random.
 */
function vmId(hypervisorId: string, key: string): string {
  return `vm_${createHash('sha256').update(`${hypervisorId}\n${key}`).digest('base64url').slice(0, 22)}`
}

export function toVmRow(hypervisorId: string, vm: VmState) {
  return {
    hypervisor_id: hypervisorId,
    key: vm.key,
    id: vmId(hypervisorId, vm.key),
    name: vm.name,
    uuid: vm.uuid,
    tap_keys: vm.tapKeys,
    route_status: vm.route.status,
    route_reason: vm.route.reason,
    route_since: toInstant(vm.route.since),
    route_checked_at: toInstantOrNull(vm.route.checkedAt),
    route_method: vm.route.method,
    route_gateway: vm.route.gateway,
    route_expires_at: toInstantOrNull(vm.route.expiresAt),
    route_cause: vm.route.cause,
    route_ends_at: toInstantOrNull(vm.route.countdown?.endsAt ?? null),
    route_ends_basis: vm.route.countdown?.basis ?? null,
    route_renewable: vm.route.countdown?.renewable ?? null,
    checks: vm.checks,
    memory: vm.memory,
  }
}

/** A stored row as node-postgres reads it. */
export type VmRow = Omit<
  ReturnType<typeof toVmRow>,
  'route_since' | 'route_checked_at' | 'route_expires_at' | 'route_ends_at'
> & {
  route_since: number
  route_checked_at: number | null
  route_expires_at: number | null
  route_ends_at: number | null
}

export function toVmState(row: VmRow): VmState {
  return {
    key: row.key,
    name: row.name,
    uuid: row.uuid,
    tapKeys: row.tap_keys,
    route: {
      status: row.route_status,
      reason: row.route_reason,
      since: row.route_since,
      checkedAt: row.route_checked_at,
      method: row.route_method,
      gateway: row.route_gateway,
      expiresAt: row.route_expires_at,
      cause: row.route_cause,
      countdown: toCountdown(row),
    },
    checks: row.checks,
    memory: row.memory,
  }
}

function toCountdown(row: Pick<VmRow, 'route_ends_at' | 'route_ends_basis' | 'route_renewable'>): Countdown | null {
  const { route_ends_at: endsAt, route_ends_basis: basis, route_renewable: renewable } = row
  return endsAt === null || basis === null || renewable === null ? null : { endsAt, basis, renewable }
}
