import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { startEmbeddedPostgres } from '../embedded/start.ts'
import { migrate } from '../migrate/migrate.ts'
import { type Database, openDatabase } from '../open.ts'

export type TestServer = { readonly url: string; stop(): Promise<void> }

/** The server of TEST_DATABASE_URL, or a temporary embedded PostgreSQL. */
export async function startTestServer(): Promise<TestServer> {
  const url = process.env['TEST_DATABASE_URL']
  if (url !== undefined) return { url, stop: () => Promise.resolve() }
  const folder = await mkdtemp(join(tmpdir(), 'slashzero-test-'))
  await chmod(folder, 0o755) // PostgreSQL does not run as root and must be able to enter the folder
  const server = await startEmbeddedPostgres(join(folder, 'pg'), ['fsync=off', 'max_connections=200'])
  return {
    url: server.url,
    async stop() {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A migrated database that each test file copies, which is faster than a migration. */
export async function createTemplate(serverUrl: string): Promise<{ name: string; drop(): Promise<void> }> {
  const { name, url, drop } = await createDatabase(serverUrl)
  await migrate(url, { info: () => undefined })
  return { name, drop }
}

export type TestDatabase = Database & { readonly url: string }

/** An empty database with the current schema. `close` drops the database, and stops a server that this call started. */
export async function openTestDatabase(options: { migrated: boolean } = { migrated: true }): Promise<TestDatabase> {
  const server = await startTestServer()
  const template = options.migrated ? process.env['TEST_DATABASE_TEMPLATE'] : undefined
  const { url, drop } = await createDatabase(server.url, template)
  if (options.migrated && template === undefined) await migrate(url, { info: () => undefined })
  const db = openDatabase({ url, poolSize: 10 })
  return {
    ...db,
    url,
    async close() {
      await db.close()
      await drop()
      await server.stop()
    },
  }
}

async function createDatabase(serverUrl: string, template = 'template1') {
  const name = `slashzero_test_${randomBytes(6).toString('hex')}`
  await administrate(serverUrl, `CREATE DATABASE ${name} TEMPLATE ${template}`)
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return {
    name,
    url: url.href,
    drop: () => administrate(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`),
  }
}

async function administrate(url: string, statement: string) {
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query(statement)
  await client.end()
}
