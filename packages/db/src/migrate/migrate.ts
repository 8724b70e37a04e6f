import { Client } from 'pg'
import { withSchemaEngine } from './engine.ts'
import { MigrateError } from './error.ts'
import { readMigrationsList } from './migrations.ts'
import { readSchemaState } from './schema-state.ts'

const oldestServer = 150_000 // server_version_num of PostgreSQL 15
const migrateLock = 5_220_001 // any number that nothing else in the database locks

/**
 * Brings the database's schema to what this code expects, with Prisma's own migrations engine and bookkeeping
 * (`prisma migrate deploy` does the same). Two processes may call it at once: the second waits for the first.
 * `applied`: the migrations that this call applied, oldest first.
 * Throws MigrateError when the server is unreachable or older than PostgreSQL 15, when the schema is newer than the
 * code, when the database holds somebody else's tables, and when a migration failed.
 */
export async function migrate(
  url: string,
  log: { info(fields: object, message: string): void },
): Promise<{ applied: string[] }> {
  const client = await connect(url)
  try {
    await requireServer(client)
    await client.query('SELECT pg_advisory_lock($1)', [migrateLock])
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
    client.on('error', () => undefined) // the query under way fails too, and says more
    await client.connect()
    return client
  } catch (cause) {
    throw new MigrateError('unreachable', `The database at ${describe(url)} cannot be reached: ${sentence(cause)}`, {
      cause,
    })
  }
}

/** Where the URL leads, without its password. */
function describe(url: string): string {
  if (!URL.canParse(url)) return 'DATABASE_URL, which is not a URL (postgresql://user:password@host:5432/database),'
  const { hostname, port, pathname, searchParams } = new URL(url)
  return `${searchParams.get('host') ?? `${hostname}:${port || '5432'}`}${pathname}`
}

/** node-postgres reports several attempts (IPv4 and IPv6) as an AggregateError with an empty message. */
function sentence(cause: unknown): string {
  const messages = cause instanceof AggregateError ? cause.errors : [cause]
  const text = messages.map((each) => (each instanceof Error ? each.message : String(each))).join('; ')
  return text.endsWith('.') ? text : `${text}.`
}

async function requireServer(client: Client) {
  const { rows } = await client.query<{ number: number; version: string }>(
    `SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS version`,
  )
  const [server] = rows
  if (server !== undefined && server.number >= oldestServer) return
  throw new MigrateError(
    'too-old',
    `The database server is PostgreSQL ${server?.version}; Slashzero needs 15 or later.`,
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
