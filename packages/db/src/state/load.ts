import type { HypervisorState } from '@slashzero/core'
import type { Queryable } from '../open.ts'
import type { LockedHypervisor } from './lock.ts'
import { type SocketRow, toSocketState } from './sockets.ts'
import { type TapRow, toTapState } from './taps.ts'
import { toVmState, type VmRow } from './vms.ts'

/** Reads the whole stored state of locked hypervisors; those without one are absent from the map. */
export async function loadStates(
  client: Queryable,
  hypervisors: readonly LockedHypervisor[],
): Promise<Map<string, HypervisorState>> {
  const known = hypervisors.flatMap(({ id, state }) => (state === null ? [] : [{ id, state }]))
  const ids = known.map(({ id }) => id)
  if (ids.length === 0) return new Map()
  const sockets = await readRows<SocketRow>(client, 'sender_socket', ids)
  const taps = await readRows<TapRow>(client, 'tap', ids)
  const vms = await readRows<VmRow>(client, 'vm', ids)
  return new Map(
    known.map(({ id, state }) => [
      id,
      {
        ...state,
        sockets: (sockets.get(id) ?? []).map(toSocketState),
        taps: (taps.get(id) ?? []).map(toTapState),
        vms: (vms.get(id) ?? []).map(toVmState),
      },
    ]),
  )
}

async function readRows<Row extends { hypervisor_id: string }>(
  client: Queryable,
  table: 'sender_socket' | 'tap' | 'vm',
  ids: readonly string[],
): Promise<Map<string, Row[]>> {
  const { rows } = await client.query<Row>({
    name: `load-${table}`,
    text: `SELECT * FROM ${table} WHERE hypervisor_id = ANY($1)`,
    values: [ids],
  })
  return Map.groupBy(rows, (row) => row.hypervisor_id)
}
