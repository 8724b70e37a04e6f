import type { HypervisorState, TapState, VmState } from '@slashzero/core'
import type { Queryable } from '../open.ts'
import { type HostFacts, hypervisor, updateHypervisorsSql } from '../tables/hypervisor.ts'
import { pulse, type Trends, updatePulsesSql } from '../tables/pulse.ts'
import { senderSocket } from '../tables/sender-socket.ts'
import { tap } from '../tables/tap.ts'
import { toVmId, vm } from '../tables/vm.ts'
import type { PackedVms } from '../vm/pack.ts'
import { changed, type Difference } from './changed.ts'
import { toHostSearch, toListed, toVmSearch } from './list-columns.ts'
import { isSameSocket } from './recheck.ts'
import { isSame } from './same.ts'

const UPSERT_SOCKETS = senderSocket.upsert()
const UPSERT_TAPS = tap.upsert()
const UPSERT_VMS = vm.upsert()

export type StateChange = {
  readonly id: string
  /** The stored version of `previous`. */
  readonly version: number
  readonly previous: HypervisorState | null
  readonly next: HypervisorState
  /** The VMs of `previous` and, packed after them, the VMs of `next`. */
  readonly previousVms: PackedVms | null
  readonly vms: PackedVms
  /** The highest accepted sequence of the boot of `next`. */
  readonly lastSequence: number | null
  /** Null if time passed without a report. */
  readonly host: HostFacts | null
  /** The stored facts of the host; null if not known. */
  readonly previousHost: HostFacts | null
}

/** Another process wrote these hypervisors since their states were read, or removed them. */
export class StaleStateError extends Error {
  readonly hypervisorIds: readonly string[]

  constructor(hypervisorIds: readonly string[]) {
    super(`The stored state of ${hypervisorIds.length} hypervisors is not the state that was judged.`)
    this.hypervisorIds = hypervisorIds
  }
}

/**
 * Writes the changes of hypervisors, with one statement a table. A report that only confirms the last report changes
 * the pulse alone. Throws StaleStateError; the transaction must then write nothing.
 */
export async function saveStates(client: Queryable, changes: readonly StateChange[]): Promise<void> {
  // First, because this statement locks the hypervisors.
  await savePulses(client, changes.map(toPulseRow))
  const sockets = compare(changes, ({ previous, next }) => [previous?.sockets, next.sockets], isSameSocket)
  const renamed = new Set<TapState>()
  const taps = compare(
    changes,
    ({ previous, next }) => [previous?.taps, next.taps],
    (before, after) => {
      if (before.name !== after.name) renamed.add(after)
      return isSame(before, after)
    },
  )
  const vms = compare(changes, ({ previousVms, vms: packed }) => [previousVms?.rows, packed.rows], isSame)
  const vmRows = toVmRows(changes, [...vms.written, ...listOwners(changes, renamed, vms.written)])

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
  await write(client, 'vms', UPSERT_VMS, vmRows)
  await write(client, 'hypervisors', updateHypervisorsSql, changes.filter(isWide).map(toHypervisorRow))
}

async function savePulses(client: Queryable, rows: readonly ReturnType<typeof toPulseRow>[]): Promise<void> {
  if (rows.length === 0) return
  const values = [JSON.stringify(rows.map(({ row }) => row))]
  const { rows: written } = await client.query<{ hypervisor_id: string }>({
    name: 'save-pulses',
    text: updatePulsesSql,
    values,
  })
  if (written.length === rows.length) return
  const found = new Set(written.map((row) => row.hypervisor_id))
  throw new StaleStateError(rows.flatMap(({ id }) => (found.has(id) ? [] : [id])))
}

/** The other VMs of renamed taps, because a search finds a VM by its taps. */
function listOwners(
  changes: readonly StateChange[],
  renamed: ReadonlySet<TapState>,
  written: readonly Written<VmState>[],
): Written<VmState>[] {
  if (renamed.size === 0) return []
  const others = new Set(written.map(({ after }) => after))
  return changes.flatMap(({ id, next, vms }) => {
    const owners = new Set(next.taps.flatMap((one) => (renamed.has(one) ? (one.vmKey ?? []) : [])))
    return vms.rows.flatMap((after) => (owners.has(after.key) && !others.has(after) ? [{ id, after }] : []))
  })
}

type Gone = { readonly hypervisorId: string; readonly key: string }
type Written<Thing> = { readonly id: string; readonly after: Thing }

/** The things to write and to remove. `isKept` says of another object that its row stays right. */
function compare<Thing extends { readonly key: string }>(
  changes: readonly StateChange[],
  things: (change: StateChange) => readonly [previous: readonly Thing[] | undefined, next: readonly Thing[]],
  isKept: (before: Thing, after: Thing) => boolean,
): { written: Written<Thing>[]; gone: Gone[] } {
  const written: Written<Thing>[] = []
  const gone: Gone[] = []
  for (const change of changes) {
    const { id } = change
    const [previous = [], next] = things(change)
    const difference: Difference<Thing> = changed(previous, next)
    for (const { before, after } of difference.written) {
      if (before === undefined || !isKept(before, after)) written.push({ id, after })
    }
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

function toVmRows(changes: readonly StateChange[], written: readonly Written<VmState>[]) {
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

/** Whether the hypervisor's own row changes. */
function isWide({ previous, next, host, previousHost }: StateChange): boolean {
  if (previous === null || !isSame(toHead(previous), toHead(next))) return true
  if (host === null) return false
  return (
    previousHost === null ||
    !isSame(withoutDurations(previousHost), withoutDurations(host)) ||
    !isSame(toSenders(previous), toSenders(next))
  )
}

function toHead(state: HypervisorState) {
  const { bootId, status, statusReason, statusSince, membershipBytes } = state
  return { bootId, status, statusReason, statusSince, membershipBytes, ...toListed(state) }
}

function toSenders({ sockets }: HypervisorState) {
  return sockets.map(({ daemon, version }) => [daemon, version])
}

/** How long a failed probe took differs in every report. */
function withoutDurations({ runs, ...facts }: HostFacts) {
  return { ...facts, runs: runs.map(({ probe, outcome, error }) => [probe, outcome, error]) }
}

function toHypervisorRow({ id, next, host }: StateChange) {
  return hypervisor.toPartialRow({ id, ...toHead(next), ...host, ...(host && { search: toHostSearch(host, next) }) })
}

function toPulseRow({ id, version, next, vms, lastSequence }: StateChange) {
  const { lastSeenAt, observedAt, clockSkew, judgeAgainAt, memory, sockets } = next
  const trends: Trends = Object.fromEntries(
    sockets.map(({ key, trend }) => [key, trend.map(({ at, optmemBytes }) => [at, optmemBytes] as const)]),
  )
  const own = { version, lastSeenAt, observedAt, clockSkew, judgeAgainAt, memory, lastSequence, trends }
  return { id, row: pulse.toPartialRow({ hypervisorId: id, ...own, vmTimes: vms.times }) }
}
