import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ROOT_DATA_FOLDER, SETTINGS } from '@slashzero/web/settings'

/** The checkout. */
export const root = fileURLToPath(new URL('../../..', import.meta.url))

/** An external PostgreSQL, or null: then the embedded one of the data folder. */
export const databaseUrl = process.env['DATABASE_URL'] || null

export const inCi = process.env['CI'] === 'true'

export const defaultPort = process.env['PORT'] || SETTINGS.PORT.default

/** The key that signs sessions, or null: then the key in the data folder. */
export const givenSecret = process.env['SLASHZERO_SECRET'] ?? null

/** The throw-away data folder of a benchmark, which starts this program again with the folder as its data folder. */
export const benchFolder = process.env['SLASHZERO_BENCH_DATA'] ?? null

/** Whether an unexpected error shows its stack. */
export const showsStacks = process.env['SLASHZERO_DEBUG'] !== undefined

/** Where the embedded database, secrets, logs and this machine's collector keep their files. */
export const dataFolder = process.env['SLASHZERO_DATA_DIR'] || defaultDataFolder()

/** The environment of a child process: this one, with `changes`. */
export function childEnvironment(changes: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...process.env, ...changes }
}

function defaultDataFolder(): string {
  if (process.getuid?.() === 0) return ROOT_DATA_FOLDER
  return join(process.env['XDG_STATE_HOME'] || join(homedir(), '.local/state'), 'slashzero')
}
