import { readFile } from 'node:fs/promises'
import { Client } from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../testing/database.ts'
import { withSchemaEngine } from './engine.ts'
import { migrate } from './migrate.ts'
import { readMigrations } from './migrations.ts'
import { readSchemaState } from './schema-state.ts'

const log = { info: () => undefined }
let db: TestDatabase
beforeEach(async () => {
  db = await openTestDatabase({ migrated: false })
})
afterEach(() => db.close())

test('two processes that start together migrate an empty database once', async () => {
  expect(await readSchemaState(db.pool)).toEqual({ kind: 'empty' })
  const results = await Promise.all([migrate(db.url, log), migrate(db.url, log)])
  expect(results.flatMap((result) => result.applied)).toEqual((await readMigrations()).map(({ name }) => name))
  expect(await migrate(db.url, log)).toEqual({ applied: [] })
  expect(await readSchemaState(db.pool)).toEqual({ kind: 'ours', pending: [], unknown: [], failed: [] })
})

test('the migrations make exactly the schema of schema.prisma', async () => {
  const declared = await openTestDatabase({ migrated: false })
  try {
    await declared.pool.query('DROP SCHEMA public CASCADE')
    await declared.pool.query(await writeSchemaScript(declared.url))
    await migrate(db.url, log)
    const expected = await describeSchema(declared)
    expect(expected).toContainEqual(expect.stringContaining('sample_5m at timestamptz'))
    expect(await describeSchema(db)).toEqual(expected)
  } finally {
    await declared.close()
  }
})

async function writeSchemaScript(url: string): Promise<string> {
  const content = await readFile(new URL('../../../../prisma/schema.prisma', import.meta.url), 'utf8')
  const { stdout } = await withSchemaEngine(url, (engine) =>
    engine.diff({
      from: { tag: 'empty' },
      to: { tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content }] },
      script: true,
      exitCode: null,
      filters: { externalTables: [], externalEnums: [] },
    }),
  )
  return stdout ?? ''
}

async function describeSchema(database: TestDatabase): Promise<string[]> {
  const { rows } = await database.pool.query<{ line: string }>(
    `SELECT concat_ws(' ', table_name, column_name, udt_name, datetime_precision, is_nullable, column_default) AS line
     FROM information_schema.columns WHERE table_schema = 'public'
     UNION ALL
     SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint
     WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
     UNION ALL
     SELECT replace(pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON ')
     FROM pg_index JOIN pg_class c ON c.oid = indexrelid JOIN pg_am am ON am.oid = c.relam
     WHERE c.relnamespace = 'public'::regnamespace
       -- Prisma can say neither expressions, nor partial indexes, nor trigrams.
       AND indexprs IS NULL AND indpred IS NULL AND am.amname = 'btree'
     ORDER BY 1`,
  )
  return rows.map((row) => row.line).filter((line) => !line.includes('_prisma_migrations'))
}

test('a schema newer than the code is refused, with its migrations', async () => {
  await migrate(db.url, log)
  await db.pool.query(
    `INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name) VALUES ('x', '', now(), '29990101000000_future')`,
  )
  await expect(migrate(db.url, log)).rejects.toMatchObject({
    reason: 'newer-schema',
    message: expect.stringContaining('29990101000000_future'),
  })
})

test('an error names a migration that failed half-way', async () => {
  await migrate(db.url, log)
  await db.pool.query('UPDATE _prisma_migrations SET finished_at = NULL')
  await expect(migrate(db.url, log)).rejects.toMatchObject({ reason: 'failed' })
})

test('a database with foreign tables is left alone', async () => {
  await db.pool.query('CREATE TABLE invoices (id int)')
  await expect(migrate(db.url, log)).rejects.toMatchObject({
    reason: 'foreign',
    message: expect.stringContaining('invoices'),
  })
})

test.for([
  { name: 'a closed port', url: 'postgresql://user:secret@127.0.0.1:1/name', says: '127.0.0.1:1/name' },
  { name: 'no URL at all', url: 'my database', says: 'DATABASE_URL, which is not a URL' },
])('$name: unreachable, in one sentence without the password', async ({ url, says }) => {
  const error: unknown = await migrate(url, log).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ reason: 'unreachable', message: expect.stringContaining(says) })
  expect(String(error)).not.toContain('secret')
  expect(String(error)).not.toContain('\n')
})

test('migrate releases its lock', async () => {
  await migrate(db.url, log)
  const client = new Client({ connectionString: db.url })
  await client.connect()
  const { rows } = await client.query(
    `SELECT count(*)::int AS held FROM pg_locks JOIN pg_database d ON d.oid = database WHERE locktype = 'advisory' AND datname = current_database()`,
  )
  await client.end()
  expect(rows).toEqual([{ held: 0 }])
})
