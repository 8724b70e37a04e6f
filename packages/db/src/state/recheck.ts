import type { RouteVerdict, VmState } from '@slashzero/core'
import { vm } from '../tables/vm.ts'
import { isSame } from './same.ts'

/**
 * Whether a check only confirmed a VM's route, as in almost every report of a host with guest agents. Writing the
 * columns of the check takes a third of the time of the whole row.
 */
export function isRecheck(before: VmState | undefined, after: VmState): boolean {
  return (
    before !== undefined &&
    before.name === after.name &&
    before.uuid === after.uuid &&
    isSame(withoutTimes(before.route), withoutTimes(after.route)) &&
    isSame(before.tapKeys, after.tapKeys) &&
    isSame(before.memory, after.memory)
  )
}

function withoutTimes({ checkedAt: _checked, expiresAt: _expires, countdown, ...verdict }: RouteVerdict) {
  return { ...verdict, basis: countdown?.basis ?? null, renewable: countdown?.renewable ?? null }
}

/** Times stay milliseconds: they are most of the row, and text would cost time to write and read. */
export function toRecheckRow(hypervisorId: string, { key, route, checks }: VmState) {
  return { h: hypervisorId, k: key, c: route.checkedAt, e: route.expiresAt, n: route.countdown?.endsAt ?? null, checks }
}

export const updateRechecksSql = `
  UPDATE vm SET ${vm.column('route.checkedAt')} = to_timestamp(r.c / 1000), ${vm.column('route.expiresAt')} = to_timestamp(r.e / 1000),
    ${vm.column('route.countdown.endsAt')} = to_timestamp(r.n / 1000), ${vm.column('checks')} = r.checks
  FROM json_to_recordset($1::json) AS r(h text, k text, c float8, e float8, n float8, checks json)
  WHERE vm.hypervisor_id = r.h AND vm.key = r.k`
