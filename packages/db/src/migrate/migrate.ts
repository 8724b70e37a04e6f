import { Client } from 'pg'
import { messageOf } from '@slashzero/contract/report'
import { withSchemaEngine } from './engine.ts'
import { MigrateError } from './error.ts'
import { readMigrationsList } from './migrations.ts'
import { readSchemaState } from './schema-state.ts'

const OLDEST_SERVER = 150_000 // server_version_num of PostgreSQL 15
/** The index of searches needs it. Every database owner may create it, because it is trusted. */
const SEARCH_EXTENSION = 'pg_trgm'
const MIGRATE_LOCK = 5_220_001 // any number that nothing else in the database locks

/**
 * Migrates the database as `prisma migrate deploy` does; a second process waits. `applied`: this call's migrations,
 * oldest first. Throws MigrateError, whose reason says why the database is unusable.
 */
export async function migrate(
  url: string,
  log: { info(fields: object, message: string): void },
): Promise<{ applied: string[] }> {
  const client = await connect(url)
  try {
    await requireServer(client)
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATE_LOCK])
    if (!(await isMigrationDue(client))) return { applied: [] }
    const applied = await applyMigrations(url)
    log.info({ applied }, 'database schema migrated')
    return { applied }
  } finally {
    await client.end()
  }
}

async function connect(url: string): Promise<Client> {
  try {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
    client.on('error', () => undefined) // the current query fails too, with more detail
    await client.connect()
    return client
  } catch (cause) {
    throw new MigrateError('unreachable', `The database at ${describe(url)} cannot be reached: ${sentence(cause)}`, {
      cause,
    })
  }
}

/** The address of the URL without its password. */
function describe(url: string): string {
  if (!URL.canParse(url)) return 'DATABASE_URL, which is not a URL (postgresql://user:password@host:5432/database),'
  const { hostname, port, pathname, searchParams } = new URL(url)
  return `${searchParams.get('host') ?? `${hostname}:${port || '5432'}`}${pathname}`
}

/** node-postgres reports several attempts (IPv4 and IPv6) as an AggregateError with an empty message. */
function sentence(cause: unknown): string {
  const messages = cause instanceof AggregateError ? cause.errors : [cause]
  const text = messages.map(messageOf).join('; ')
  return text.endsWith('.') ? text : `${text}.`
}

async function requireServer(client: Client) {
  const { rows } = await client.query<{ number: number; version: string }>(
    `SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS version`,
  )
  const [server] = rows
  if (server === undefined || server.number < OLDEST_SERVER) {
    throw new MigrateError(
      'too-old',
      `The database server is PostgreSQL ${server?.version}; Slashzero needs 15 or later.`,
    )
  }
  const extension = await client.query('SELECT FROM pg_available_extensions WHERE name = $1', [SEARCH_EXTENSION])
  if (extension.rowCount === 1) return
  throw new MigrateError(
    'no-extension',
    `The database server lacks the extension ${SEARCH_EXTENSION}; install the contrib package of its PostgreSQL (postgresql-contrib).`,
  )
}

async function isMigrationDue(client: Client): Promise<boolean> {
  const state = await readSchemaState(client)
  if (state.kind === 'empty') return true
  if (state.kind === 'foreign') {
    throw new MigrateError(
      'foreign',
      `The database is not empty and not Slashzero's (it holds ${state.tables.slice(0, 3).join(', ')}); ` +
        'name an empty database in DATABASE_URL.',
    )
  }
  if (state.unknown.length > 0) {
    throw new MigrateError(
      'newer-schema',
      `The database has a newer schema than this version of Slashzero (${state.unknown.join(', ')}); start the newer version.`,
    )
  }
  if (state.failed.length > 0) {
    throw new MigrateError(
      'failed',
      `The migration ${state.failed.join(', ')} failed half-way earlier; restore the database from a backup, ` +
        'or repair it and mark it with `prisma migrate resolve`.',
    )
  }
  return state.pending.length > 0
}

async function applyMigrations(url: string): Promise<string[]> {
  const migrationsList = await readMigrationsList()
  const filters = { externalTables: [], externalEnums: [] }
  try {
    const done = await withSchemaEngine(url, (engine) => engine.applyMigrations({ migrationsList, filters }))
    return done.appliedMigrationNames
  } catch (cause) {
    throw new MigrateError('failed', `The database schema could not be migrated: ${sentence(cause)}`, { cause })
  }
}
