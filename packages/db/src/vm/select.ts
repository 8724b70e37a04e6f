import type { RouteVerdict, TapState } from '@slashzero/core'
import type { Queryable } from '../open.ts'
import { hypervisor } from '../tables/hypervisor.ts'
import { pulse } from '../tables/pulse.ts'
import { select } from '../tables/table.ts'
import { tap } from '../tables/tap.ts'
import { vm } from '../tables/vm.ts'
import { decodeTimes, hashOf, withTimes } from './times.ts'

const own = vm.pick('key', 'id', 'name', 'uuid', 'route', 'checks')
const host = hypervisor.pick('id', 'name', 'demo', 'status', 'statusReason')
const tapPart = tap.pick('name', 'ifindex', 'status', 'statusReason')
const times = pulse.pick('hypervisorId', 'vmTimes')

/** A VM as pages and the API show it. Times in milliseconds. The first reported tap stands for several taps. */
export type VmRecord = Omit<ReturnType<typeof own.read>, 'key'> & {
  readonly route: RouteVerdict
  readonly hypervisor: ReturnType<typeof host.read>
  readonly tap: Pick<TapState, 'name' | 'ifindex' | 'status' | 'statusReason'> | null
}

const COLUMNS = `${own.listAs('v')}, ${host.listAs('h', 'hypervisor_')}, ${tapPart.listAs('t', 'tap_')}`

/**
 * Selects VMs with the times of their latest checks. `source` (v) is the table vm or a query that selects its rows;
 * `h` is the hypervisor, `rest` what follows the tables.
 */
export async function selectVms(
  client: Queryable,
  { source = 'vm', rest, values }: { readonly source?: string; readonly rest: string; readonly values: unknown[] },
): Promise<VmRecord[]> {
  const { rows } = await client.query<Record<string, unknown>>(
    `SELECT ${COLUMNS} FROM ${source} v JOIN hypervisor h ON h.id = v.hypervisor_id
     LEFT JOIN tap t ON t.hypervisor_id = v.hypervisor_id AND t.key = v.tap_keys[1] ${rest}`,
    values,
  )
  const read = rows.map((row) =>
    Object.assign(own.read(row), {
      hypervisor: host.read(row, 'hypervisor_'),
      tap: row['tap_name'] === null ? null : tapPart.read(row, 'tap_'),
    }),
  )
  return withLatestTimes(client, read)
}

/** Reads the pulses after the rows, so that no time is older than its row. */
async function withLatestTimes(
  client: Queryable,
  rows: readonly (VmRecord & { readonly key: string })[],
): Promise<VmRecord[]> {
  const ids = [...new Set(rows.map(({ hypervisor: { id } }) => id))]
  if (ids.length === 0) return []
  const pulses = await select(client, times, 'FROM hypervisor_pulse WHERE hypervisor_id = ANY($1)', [ids], 'vm-times')
  const latest = new Map(pulses.map(({ hypervisorId, vmTimes }) => [hypervisorId, decodeTimes(vmTimes)]))
  return rows.map((row) => {
    const { key: _, ...timed } = withTimes(row, latest.get(row.hypervisor.id)?.get(hashOf(row.key)))
    return timed
  })
}
