import type { Pool } from 'pg'
import type { Database, Queryable } from '../open.ts'
import { sqlState } from '../transaction.ts'
import { DAY, type HistoryTable, HISTORY_TABLES, type Partition, partitionOf } from './tables.ts'

/** How long the ingest goes on without a worker. */
const AHEAD_DAYS = 7

/** Partitions are made and dropped ahead of need, so a busy table is left for the next round and holds up no report. */
const PATIENTLY = "SET LOCAL lock_timeout = '1s'; "

/**
 * Makes the missing partitions of every history table, from the oldest time that a row may have to a week after `now`.
 * Only the server's clock decides, because a partition that a report could ask for would let one host lock the tables.
 */
export async function makePartitions({ pool }: Pick<Database, 'pool'>, now: number): Promise<void> {
  for (const { table, width, reachDays } of HISTORY_TABLES) {
    const days = Array.from({ length: reachDays + AHEAD_DAYS + 1 }, (_, day) => now + (day - reachDays) * DAY)
    const wanted = new Map(days.map((at) => partitionOf(table, width, at)).map((one) => [one.name, one]))
    const { rows } = await pool.query<{ name: string }>(
      'SELECT name FROM unnest($1::text[]) AS name WHERE to_regclass(name) IS NULL',
      [[...wanted.keys()]],
    )
    for (const { name } of rows) {
      const partition = wanted.get(name)
      if (partition) await create(pool, table, partition)
    }
  }
}

async function exists(client: Queryable, name: string): Promise<boolean> {
  const { rows } = await client.query<{ found: boolean }>('SELECT to_regclass($1) IS NOT NULL AS found', [name])
  return rows[0]?.found === true
}

const CREATED_MEANWHILE: ReadonlySet<string | undefined> = new Set(['42P07', '42P17', '23505']) // by another process

async function create(client: Pool, table: HistoryTable, { name, from, to }: Partition): Promise<void> {
  const bound = (at: number) => `'${new Date(at).toISOString()}'`
  const values = `FOR VALUES FROM (${bound(from)}) TO (${bound(to)})`
  try {
    await client.query(`${PATIENTLY}CREATE TABLE ${name} PARTITION OF ${table} ${values}`)
  } catch (error) {
    if (!CREATED_MEANWHILE.has(sqlState(error)) || !(await exists(client, name))) throw error
  }
}

/** Drops the partitions older than their table's retention. Returns their names. */
export async function dropExpiredPartitions({ pool }: Pick<Database, 'pool'>, now: number): Promise<string[]> {
  const dropped: string[] = []
  for (const { table, width, keepDays } of HISTORY_TABLES) {
    const oldest = partitionOf(table, width, now - keepDays * DAY).name
    const { rows } = await pool.query<{ name: string }>(
      `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
       WHERE i.inhparent = $1::regclass AND c.relname COLLATE "C" < $2 AND c.relname LIKE $3 ORDER BY 1`,
      [table, oldest, `${table.replaceAll('_', '\\_')}\\_p%`],
    )
    for (const { name } of rows) {
      await pool.query(`${PATIENTLY}DROP TABLE IF EXISTS ${name}`)
      dropped.push(name)
    }
  }
  return dropped
}
