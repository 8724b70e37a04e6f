import type { Queryable } from '../open.ts'
import { type TapRow, toTapState } from '../state/taps.ts'
import type { TapState } from '@slashzero/core'

export type TapRecord = TapState & { readonly vm: { readonly id: string; readonly name: string } | null }

/** The taps of one hypervisor with their VMs, by name. */
export async function readTaps(client: Queryable, hypervisorId: string): Promise<TapRecord[]> {
  const { rows } = await client.query<TapRow & { vm_id: string | null; vm_name: string | null }>(
    `SELECT tap.*, vm.id AS vm_id, vm.name AS vm_name
     FROM tap LEFT JOIN vm ON vm.hypervisor_id = tap.hypervisor_id AND vm.key = tap.vm_key
     WHERE tap.hypervisor_id = $1 ORDER BY tap.namespace_name NULLS FIRST, tap.name, tap.ifindex`,
    [hypervisorId],
  )
  return rows.map((row) =>
    Object.assign(toTapState(row), {
      vm: row.vm_id === null || row.vm_name === null ? null : { id: row.vm_id, name: row.vm_name },
    }),
  )
}
