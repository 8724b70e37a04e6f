import type { Queryable } from '../open.ts'
import { tap } from '../tables/tap.ts'
import { vm } from '../tables/vm.ts'

const shown = tap.pick(
  'ifindex',
  'name',
  'namespaceName',
  'status',
  'statusReason',
  'statusSince',
  'advertisements',
  'facts',
)
const owner = vm.pick('id', 'name')
const COLUMNS = `${shown.listAs('tap')}, ${owner.listAs('vm', 'vm_')}`

/** A tap as pages and the API show it, with its VM. Times in milliseconds. */
export type TapRecord = ReturnType<typeof shown.read> & { readonly vm: ReturnType<typeof owner.read> | null }

/** The taps of one hypervisor with their VMs, by name. */
export function readTaps(client: Queryable, hypervisorId: string): Promise<TapRecord[]> {
  return query(client, 'tap.hypervisor_id = $1', hypervisorId)
}

/** The taps of one VM, by name. */
export function readTapsOfVm(client: Queryable, vmId: string): Promise<TapRecord[]> {
  return query(client, 'vm.id = $1', vmId)
}

async function query(client: Queryable, where: string, value: string): Promise<TapRecord[]> {
  const { rows } = await client.query<Record<string, unknown>>(
    `SELECT ${COLUMNS}
     FROM tap LEFT JOIN vm ON vm.hypervisor_id = tap.hypervisor_id AND vm.key = tap.vm_key
     WHERE ${where} ORDER BY tap.namespace_name NULLS FIRST, tap.name, tap.ifindex`,
    [value],
  )
  return rows.map((row) =>
    Object.assign(shown.read(row), { vm: row['vm_id'] === null ? null : owner.read(row, 'vm_') }),
  )
}
