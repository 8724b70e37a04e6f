import type { RouteVerdict, TapState } from '@slashzero/core'
import { hypervisor } from '../tables/hypervisor.ts'
import { tap } from '../tables/tap.ts'
import { vm } from '../tables/vm.ts'

const own = vm.pick('id', 'name', 'uuid', 'route', 'checks')
const host = hypervisor.pick('id', 'name', 'demo', 'status', 'statusReason')
const tapPart = tap.pick('name', 'ifindex', 'status', 'statusReason')

/** A VM as pages and the API show it. Times in milliseconds. The first reported tap stands for several taps. */
export type VmRecord = ReturnType<typeof own.read> & {
  readonly route: RouteVerdict
  readonly hypervisor: ReturnType<typeof host.read>
  readonly tap: Pick<TapState, 'name' | 'ifindex' | 'status' | 'statusReason'> | null
}

export const vmColumns = `${own.listAs('v')}, ${host.listAs('h', 'hypervisor_')}, ${tapPart.listAs('t', 'tap_')}`

/** The tables of `vmColumns`; `source` is the table vm or a query that selects its rows. */
export function vmTables(source = 'vm'): string {
  return `${source} v JOIN hypervisor h ON h.id = v.hypervisor_id
    LEFT JOIN tap t ON t.hypervisor_id = v.hypervisor_id AND t.key = v.tap_keys[1]`
}

/** Reads a row of `vmColumns`. */
export function toVmRecord(row: Record<string, unknown>): VmRecord {
  return {
    ...own.read(row),
    hypervisor: host.read(row, 'hypervisor_'),
    tap: row['tap_name'] === null ? null : tapPart.read(row, 'tap_'),
  }
}
