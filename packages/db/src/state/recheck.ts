import type { RouteVerdict, VmState } from '@slashzero/core'
import { isSame } from './same.ts'

/**
 * Whether all that is new of a VM is that a check found the same again: true of almost every VM in almost every report
 * of a host with guest agents. Writing those columns alone takes a third of the time of the whole row.
 */
export function isRecheck(before: VmState | undefined, after: VmState): boolean {
  return (
    before !== undefined &&
    before.name === after.name &&
    before.uuid === after.uuid &&
    sameVerdict(before.route, after.route) &&
    isSame(before.tapKeys, after.tapKeys) &&
    isSame(before.memory, after.memory)
  )
}

function sameVerdict(before: RouteVerdict, after: RouteVerdict): boolean {
  return (
    before.status === after.status &&
    before.reason === after.reason &&
    before.since === after.since &&
    before.method === after.method &&
    before.gateway === after.gateway &&
    before.cause === after.cause &&
    before.countdown?.basis === after.countdown?.basis &&
    before.countdown?.renewable === after.countdown?.renewable
  )
}

/** The times stay milliseconds: they are most of the row, and text would have to be written and read. */
export function toRecheckRow(hypervisorId: string, { key, route, checks }: VmState) {
  return { h: hypervisorId, k: key, c: route.checkedAt, e: route.expiresAt, n: route.countdown?.endsAt ?? null, checks }
}

export const updateRechecksSql = `
  UPDATE vm SET route_checked_at = to_timestamp(r.c / 1000), route_expires_at = to_timestamp(r.e / 1000),
    route_ends_at = to_timestamp(r.n / 1000), checks = r.checks
  FROM json_to_recordset($1::json) AS r(h text, k text, c float8, e float8, n float8, checks json)
  WHERE vm.hypervisor_id = r.h AND vm.key = r.k`
