import type { TapsQuery } from '@slashzero/contract/page'
import { tapStatusesWorstFirst, type TapStatus } from '@slashzero/contract/rest'
import { collectValues, comesAfter, type Order, orderBy, type Position, positionOf } from '../list/keyset.ts'
import { wordsSql } from '../list/text.ts'
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

const FROM = 'FROM tap LEFT JOIN vm ON vm.hypervisor_id = tap.hypervisor_id AND vm.key = tap.vm_key'

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

/** Most urgent first. */
export const tapOrder = {
  keys: [
    { sql: `array_position(${wordsSql(tapStatusesWorstFirst)}, tap.status)`, type: 'bigint' },
    { sql: 'tap.name', type: 'text' },
    { sql: 'tap.key', type: 'text' },
  ],
  descending: false,
} as const satisfies Order

/** The first `limit` taps of a hypervisor after the position, each with its own position. */
export async function readTapPage(
  client: Queryable,
  { id, status, limit }: TapsQuery,
  after: Position | null,
): Promise<{ readonly row: TapRecord; readonly position: Position }[]> {
  const { values, bind } = collectValues()
  const own = `tap.hypervisor_id = ${bind(id)}${status === undefined ? '' : ` AND tap.status = ${bind(status)}`}`
  const { rows } = await client.query<Record<string, unknown> & { position: string[] }>(
    `SELECT ${COLUMNS}, ${positionOf(tapOrder)} AS position ${FROM}
     WHERE ${own} AND ${comesAfter(tapOrder, after, bind)} ORDER BY ${orderBy(tapOrder)} LIMIT ${bind(limit)}`,
    values,
  )
  return rows.map((row) => ({ row: toTapRecord(row), position: row.position }))
}

/** How many taps of a hypervisor have each status. Absent: none. */
export async function countTaps(client: Queryable, hypervisorId: string): Promise<ReadonlyMap<TapStatus, number>> {
  const { rows } = await client.query<{ status: TapStatus; taps: number }>(
    'SELECT status, count(*) AS taps FROM tap WHERE hypervisor_id = $1 GROUP BY status',
    [hypervisorId],
  )
  return new Map(rows.map(({ status, taps }) => [status, taps]))
}

async function query(client: Queryable, where: string, value: string): Promise<TapRecord[]> {
  const { rows } = await client.query<Record<string, unknown>>(
    `SELECT ${COLUMNS} ${FROM} WHERE ${where} ORDER BY tap.namespace_name NULLS FIRST, tap.name, tap.ifindex`,
    [value],
  )
  return rows.map(toTapRecord)
}

function toTapRecord(row: Record<string, unknown>): TapRecord {
  return { ...shown.read(row), vm: row['vm_id'] === null ? null : owner.read(row, 'vm_') }
}
