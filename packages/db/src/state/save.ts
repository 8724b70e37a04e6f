import type { ConfigurationSummary } from '@slashzero/contract/page'
import { countVms, type HypervisorState } from '@slashzero/core'
import type { Queryable } from '../open.ts'
import { changed } from './changed.ts'
import { toInstant } from './instant.ts'
import { isRecheck, toRecheckRow, updateRechecksSql } from './recheck.ts'
import { toSocketRow, upsertSocketsSql } from './sockets.ts'
import { toTapRow, upsertTapsSql } from './taps.ts'
import { deleteSql } from './upsert.ts'
import { toVmRow, upsertVmsSql } from './vms.ts'

/** What the last report said of the host itself. */
export type HostFacts = {
  readonly name: string
  readonly kernel: string
  readonly collectorVersion: string
  readonly labels: Readonly<Record<string, string>>
  readonly runs: readonly object[]
  readonly probes: readonly string[]
  readonly configurations: readonly StoredConfiguration[]
}

/** What a sender is configured to say, with what tells the sender from others. */
export type StoredConfiguration = {
  readonly namespaceId: number
  readonly pid: number
  readonly summary: ConfigurationSummary
}

export type StateChange = {
  readonly id: string
  readonly previous: HypervisorState | null
  readonly next: HypervisorState
  /** Null where time passed and no report came. */
  readonly host: HostFacts | null
}

/** Writes what changed of these hypervisors' states, whose rows the transaction has locked: one statement a table. */
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
    upsertSocketsSql,
    sockets.written.map(({ id, after }) => toSocketRow(id, after)),
  )
  await write(
    client,
    'taps',
    upsertTapsSql,
    taps.written.map(({ id, after }) => toTapRow(id, after)),
  )
  await write(
    client,
    'vms',
    upsertVmsSql,
    rewritten.map(({ id, after }) => toVmRow(id, after)),
  )
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
  await client.query({ name: `remove-${table}`, text: deleteSql(table), values })
}

const updateHypervisorsSql = `
  UPDATE hypervisor SET
    version = hypervisor.version + 1,
    boot_id = r.boot_id, status = r.status, status_reason = r.status_reason, status_since = r.status_since,
    last_seen_at = r.last_seen_at, observed_at = r.observed_at, clock_skew_ms = r.clock_skew_ms,
    judge_again_at = r.judge_again_at, membership_bytes = r.membership_bytes, memory = r.memory,
    vms_total = r.vms_total, vms_missing = r.vms_missing, vms_unknown = r.vms_unknown,
    name = coalesce(r.name, hypervisor.name), kernel = coalesce(r.kernel, hypervisor.kernel),
    collector_version = coalesce(r.collector_version, hypervisor.collector_version),
    labels = coalesce(r.labels, hypervisor.labels), runs = coalesce(r.runs, hypervisor.runs),
    probes = coalesce(r.probes, hypervisor.probes), configurations = coalesce(r.configurations, hypervisor.configurations)
  FROM json_to_recordset($1::json) AS r(
    id text, boot_id text, status text, status_reason text, status_since timestamptz,
    last_seen_at timestamptz, observed_at timestamptz, clock_skew_ms bigint,
    judge_again_at timestamptz, membership_bytes integer, memory json,
    vms_total integer, vms_missing integer, vms_unknown integer,
    name text, kernel text, collector_version text, labels jsonb, runs jsonb, probes jsonb, configurations jsonb)
  WHERE hypervisor.id = r.id`

function toHypervisorRow({ id, next, host }: StateChange) {
  const vms = countVms(next.vms)
  return {
    id,
    boot_id: next.bootId,
    status: next.status,
    status_reason: next.statusReason,
    status_since: toInstant(next.statusSince),
    last_seen_at: toInstant(next.lastSeenAt),
    observed_at: toInstant(next.observedAt),
    clock_skew_ms: Math.round(next.clockSkew),
    judge_again_at: toInstant(next.judgeAgainAt),
    membership_bytes: next.membershipBytes,
    memory: next.memory,
    vms_total: vms.total,
    vms_missing: vms.missing,
    vms_unknown: vms.unknown,
    name: host?.name,
    kernel: host?.kernel,
    collector_version: host?.collectorVersion,
    labels: host?.labels,
    runs: host?.runs,
    probes: host?.probes,
    configurations: host?.configurations,
  }
}
