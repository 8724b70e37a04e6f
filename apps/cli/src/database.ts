import { join } from 'node:path'
import { type Database, migrate, openDatabase } from '@slashzero/db'
import { embeddedPostgresUrl, keepEmbeddedPostgres, startEmbeddedPostgres } from '@slashzero/db/embedded'
import type { ServiceContext } from '@slashzero/services'
import { lockDataFolder, prepareDataFolder, readRunning, unlockDataFolder } from './data-folder.ts'
import { databaseUrl, dataFolder } from './env.ts'

/** For migrations whose result the command prints itself. */
export const silent = { info: () => undefined }

const folder = join(dataFolder, 'postgres')

/** Keeps the embedded PostgreSQL of the locked data folder running. `say` gets a sentence for each event. */
export function keepOwnPostgres(settings: readonly string[], say: (sentence: string) => void) {
  return keepEmbeddedPostgres(folder, settings, say)
}

/** Runs `work` as the system against the migrated database of `withDatabaseUrl`. */
export async function withDatabase<T>(work: (context: ServiceContext) => Promise<T>): Promise<T> {
  return withDatabaseUrl(async (url) => {
    await migrate(url, silent)
    return withSystem(url, work)
  })
}

/** Runs `work` as the system against the migrated database at `url`. */
export async function withSystem<T>(url: string, work: (context: ServiceContext) => Promise<T>): Promise<T> {
  const db = openDatabase({ url, poolSize: 2 })
  try {
    return await work(systemContext(db))
  } finally {
    await db.close()
  }
}

/** Runs `work` with the database of DATABASE_URL, of the running Slashzero, or of the data folder. */
export async function withDatabaseUrl<T>(work: (url: string) => Promise<T>): Promise<T> {
  const place = await reachDatabase()
  try {
    return await work(place.url)
  } finally {
    await place.release()
  }
}

function systemContext(db: Database): ServiceContext {
  const write = (_fields: object, message: string) => void process.stderr.write(`${message}\n`)
  return { db, now: Date.now, actor: { kind: 'system' }, log: { info: () => undefined, warn: write, error: write } }
}

type Place = { readonly url: string; release(): Promise<void> }

async function reachDatabase(): Promise<Place> {
  const nothing = () => Promise.resolve()
  if (databaseUrl !== null) return { url: databaseUrl, release: nothing }
  await prepareDataFolder()
  if ((await readRunning()) !== null) return { url: await embeddedPostgresUrl(folder), release: nothing }
  await lockDataFolder(null)
  const own = await startEmbeddedPostgres(folder)
  const release = async () => {
    await own.stop()
    await unlockDataFolder()
  }
  return { url: own.url, release }
}
