import type { Queryable } from '../open.ts'
import { readMigrations } from './migrations.ts'

/**
 * The database compared with the migrations of this code, by migration name. Newer code applied the `unknown`
 * migrations; the `failed` migrations began and did not end.
 */
export type SchemaState =
  | { readonly kind: 'empty' }
  | { readonly kind: 'foreign'; readonly tables: readonly string[] }
  | {
      readonly kind: 'ours'
      readonly pending: readonly string[]
      readonly unknown: readonly string[]
      readonly failed: readonly string[]
    }

/** Compares the database with the migrations of this code. */
export async function readSchemaState(db: Queryable): Promise<SchemaState> {
  const tables = await db.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c
     WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY 1`,
  )
  const names = tables.rows.map((row) => row.name)
  if (names.length === 0) return { kind: 'empty' }
  if (!names.includes('_prisma_migrations')) return { kind: 'foreign', tables: names }
  const { rows } = await db.query<{ name: string; finished: boolean }>(
    `SELECT migration_name AS name, bool_or(finished_at IS NOT NULL) AS finished
     FROM _prisma_migrations WHERE rolled_back_at IS NULL GROUP BY 1`,
  )
  const known = new Set((await readMigrations()).map((migration) => migration.name))
  const applied = new Set(rows.filter((row) => row.finished).map((row) => row.name))
  return {
    kind: 'ours',
    pending: [...known].filter((name) => !applied.has(name)),
    unknown: rows.map((row) => row.name).filter((name) => !known.has(name)),
    failed: rows.filter((row) => !row.finished).map((row) => row.name),
  }
}
