import type { Queryable } from '../open.ts'
import { type TapRow, toTapState } from '../state/taps.ts'
import type { TapState } from '@slashzero/core'

export type TapRecord = TapState & { readonly vm: { readonly id: string; readonly name: string } | null }

/** The taps of one hypervisor with their VMs, by name. */
export function readTaps(client: Queryable, hypervisorId: string): Promise<TapRecord[]> {
  return query(client, 'tap.hypervisor_id = $1', hypervisorId)
}

/** The taps of one VM, by name. */
export function readTapsOfVm(client: Queryable, vmId: string): Promise<TapRecord[]> {
  return query(client, 'vm.id = $1', vmId)
}

async function query(client: Queryable, where: string, value: string): Promise<TapRecord[]> {
  const { rows } = await client.query<TapRow & { vm_id: string | null; vm_name: string | null }>(
    `SELECT tap.*, vm.id AS vm_id, vm.name AS vm_name
     FROM tap LEFT JOIN vm ON vm.hypervisor_id = tap.hypervisor_id AND vm.key = tap.vm_key
     WHERE ${where} ORDER BY tap.namespace_name NULLS FIRST, tap.name, tap.ifindex`,
    [value],
  )
  return rows.map((row) =>
    Object.assign(toTapState(row), {
      vm: row.vm_id === null || row.vm_name === null ? null : { id: row.vm_id, name: row.vm_name },
    }),
  )
}
