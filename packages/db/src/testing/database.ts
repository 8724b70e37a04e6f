import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { startEmbeddedPostgres } from '../embedded/start.ts'
import { migrate } from '../migrate/migrate.ts'
import { type Database, openDatabase } from '../open.ts'

export type TestServer = { readonly url: string; stop(): Promise<void> }

/** The server named by TEST_DATABASE_URL, else a throw-away embedded PostgreSQL. */
export async function startTestServer(): Promise<TestServer> {
  const url = process.env['TEST_DATABASE_URL']
  if (url !== undefined) return { url, stop: () => Promise.resolve() }
  const folder = await mkdtemp(join(tmpdir(), 'slashzero-test-'))
  await chmod(folder, 0o755) // PostgreSQL does not run as root and must be able to enter it
  const server = await startEmbeddedPostgres(join(folder, 'pg'), ['fsync=off', 'max_connections=200'])
  return {
    url: server.url,
    async stop() {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

export type TestDatabase = Database & { readonly url: string }

/** A fresh database with the current schema; `close` drops it, and stops the server if this call started it. */
export async function openTestDatabase(options: { migrated: boolean } = { migrated: true }): Promise<TestDatabase> {
  const server = await startTestServer()
  const name = `slashzero_test_${randomBytes(6).toString('hex')}`
  await administrate(server.url, `CREATE DATABASE ${name}`)
  const url = withDatabase(server.url, name)
  if (options.migrated) await migrate(url, { info: () => undefined })
  const db = openDatabase({ url, poolSize: 10 })
  return {
    ...db,
    url,
    async close() {
      await db.close()
      await administrate(server.url, `DROP DATABASE ${name} WITH (FORCE)`)
      await server.stop()
    },
  }
}

async function administrate(url: string, statement: string) {
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query(statement)
  await client.end()
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url)
  changed.pathname = `/${name}`
  return changed.href
}
