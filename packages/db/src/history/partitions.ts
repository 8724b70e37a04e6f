import type { Pool } from 'pg'
import type { Database, Queryable } from '../open.ts'
import { sqlState } from '../transaction.ts'
import { type HistoryTable, historyTables, type Partition, partitionOf } from './tables.ts'

const DAY = 86_400_000

/** Names of partitions known to exist, which saves a query for each ingest. */
const known = new WeakMap<Pool, Set<string>>()

/**
 * Makes the partitions of every history table for these times. Uses other connections than the caller's transaction, so that the
 * transaction does not keep the parent table locked.
 */
export async function ensurePartitions({ pool }: Pick<Database, 'pool'>, times: readonly number[]): Promise<void> {
  const existing = known.get(pool) ?? new Set()
  known.set(pool, existing)
  for (const { table, width } of historyTables) {
    for (const at of times) {
      const partition = partitionOf(table, width, at)
      if (existing.has(partition.name)) continue
      if (!(await exists(pool, partition.name))) await create(pool, table, partition)
      existing.add(partition.name)
    }
  }
}

async function exists(client: Queryable, name: string): Promise<boolean> {
  const { rows } = await client.query<{ found: boolean }>('SELECT to_regclass($1) IS NOT NULL AS found', [name])
  return rows[0]?.found === true
}

const CREATED_MEANWHILE: ReadonlySet<string | undefined> = new Set(['42P07', '42P17', '23505']) // by another process

async function create(client: Queryable, table: HistoryTable, { name, from, to }: Partition): Promise<void> {
  const bound = (at: number) => `'${new Date(at).toISOString()}'`
  try {
    await client.query(`CREATE TABLE ${name} PARTITION OF ${table} FOR VALUES FROM (${bound(from)}) TO (${bound(to)})`)
  } catch (error) {
    if (!CREATED_MEANWHILE.has(sqlState(error)) || !(await exists(client, name))) throw error
  }
}

/** Drops the partitions older than their table's retention. Returns their names. */
export async function dropExpiredPartitions({ pool }: Pick<Database, 'pool'>, now: number): Promise<string[]> {
  const dropped: string[] = []
  for (const { table, width, keepDays } of historyTables) {
    const oldest = partitionOf(table, width, now - keepDays * DAY).name
    const { rows } = await pool.query<{ name: string }>(
      `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
       WHERE i.inhparent = $1::regclass AND c.relname COLLATE "C" < $2 AND c.relname LIKE $3 ORDER BY 1`,
      [table, oldest, `${table.replaceAll('_', '\\_')}\\_p%`],
    )
    for (const { name } of rows) {
      await pool.query(`DROP TABLE IF EXISTS ${name}`)
      known.get(pool)?.delete(name)
      dropped.push(name)
    }
  }
  return dropped
}
