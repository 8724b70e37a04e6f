import type { HypervisorState, VmState } from '@slashzero/core'
import type { Queryable } from '../open.ts'
import { type HostFacts, hypervisor, updateHypervisorsSql } from '../tables/hypervisor.ts'
import { senderSocket } from '../tables/sender-socket.ts'
import { tap } from '../tables/tap.ts'
import { toVmId, vm } from '../tables/vm.ts'
import { changed } from './changed.ts'
import { toHostSearch, toListed, toVmSearch } from './list-columns.ts'
import { isRecheck, toRecheckRow, updateRechecksSql } from './recheck.ts'

const UPSERT_SOCKETS = senderSocket.upsert()
const UPSERT_TAPS = tap.upsert()
const UPSERT_VMS = vm.upsert()

export type StateChange = {
  readonly id: string
  readonly previous: HypervisorState | null
  readonly next: HypervisorState
  /** Null if time passed without a report. */
  readonly host: HostFacts | null
}

/** Writes the changes of these locked hypervisors, with one statement a table. */
export async function saveStates(client: Queryable, changes: readonly StateChange[]): Promise<void> {
  const sockets = compare(changes, (state) => state.sockets)
  const taps = compare(changes, (state) => state.taps)
  const vms = compare(changes, (state) => state.vms)
  const { rechecked = [], rewritten = [] } = Object.groupBy(vms.written, ({ before, after }) =>
    isRecheck(before, after) ? 'rechecked' : 'rewritten',
  )

  await remove(client, 'sender_socket', sockets.gone)
  await remove(client, 'tap', taps.gone)
  await remove(client, 'vm', vms.gone)
  await write(
    client,
    'sockets',
    UPSERT_SOCKETS,
    sockets.written.map(({ id, after }) => senderSocket.toRow({ hypervisorId: id, ...after })),
  )
  await write(
    client,
    'taps',
    UPSERT_TAPS,
    taps.written.map(({ id, after }) => tap.toRow({ hypervisorId: id, ...after })),
  )
  await write(client, 'vms', UPSERT_VMS, toVmRows(changes, rewritten))
  await write(
    client,
    'rechecks',
    updateRechecksSql,
    rechecked.map(({ id, after }) => toRecheckRow(id, after)),
  )
  await write(client, 'hypervisors', updateHypervisorsSql, changes.map(toHypervisorRow))
}

type Gone = { readonly hypervisorId: string; readonly key: string }
type Written<Thing> = { readonly id: string; readonly before: Thing | undefined; readonly after: Thing }

function compare<Thing extends { readonly key: string }>(
  changes: readonly StateChange[],
  things: (state: HypervisorState) => readonly Thing[],
): { written: Written<Thing>[]; gone: Gone[] } {
  const written: Written<Thing>[] = []
  const gone: Gone[] = []
  for (const { id, previous, next } of changes) {
    const difference = changed(previous === null ? [] : things(previous), things(next))
    for (const { before, after } of difference.written) written.push({ id, before, after })
    for (const key of difference.gone) gone.push({ hypervisorId: id, key })
  }
  return { written, gone }
}

async function write(client: Queryable, name: string, sql: string, rows: readonly object[]): Promise<void> {
  if (rows.length === 0) return
  await client.query({ name: `save-${name}`, text: sql, values: [JSON.stringify(rows)] })
}

async function remove(client: Queryable, table: 'sender_socket' | 'tap' | 'vm', gone: readonly Gone[]): Promise<void> {
  if (gone.length === 0) return
  const values = [gone.map(({ hypervisorId }) => hypervisorId), gone.map(({ key }) => key)]
  const text = `DELETE FROM ${table} USING unnest($1::text[], $2::text[]) AS gone(hypervisor_id, key)
    WHERE ${table}.hypervisor_id = gone.hypervisor_id AND ${table}.key = gone.key`
  await client.query({ name: `remove-${table}`, text, values })
}

function toVmRows(changes: readonly StateChange[], written: readonly Pick<Written<VmState>, 'id' | 'after'>[]) {
  const named = new Set(written.map(({ id }) => id))
  const taps = new Map(
    changes
      .filter(({ id }) => named.has(id))
      .map(({ id, next }) => [id, new Map(next.taps.map(({ key, name }) => [key, name]))]),
  )
  return written.map(({ id, after }) => {
    const search = toVmSearch(after, taps.get(id) ?? new Map())
    return vm.toRow({ hypervisorId: id, id: toVmId(id, after.key), search, ...after })
  })
}

function toHypervisorRow({ id, next, host }: StateChange) {
  const { sockets: _sockets, taps: _taps, vms: _vms, ...state } = next
  return hypervisor.toPartialRow({
    id,
    ...state,
    ...host,
    ...toListed(next),
    ...(host && { search: toHostSearch(host, next) }),
  })
}
