import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The checkout. */
export const root = fileURLToPath(new URL('../../..', import.meta.url))

/** An external PostgreSQL, or null: then the embedded one of the data folder. */
export const databaseUrl = process.env['DATABASE_URL'] || null

export const inCi = process.env['CI'] === 'true'

export const defaultPort = process.env['PORT'] || '3000'

/** Where the embedded database, secrets, logs and this machine's collector keep their files. */
export const dataFolder = process.env['SLASHZERO_DATA_DIR'] || defaultDataFolder()

function defaultDataFolder(): string {
  if (process.getuid?.() === 0) return '/var/lib/slashzero'
  return join(process.env['XDG_STATE_HOME'] || join(homedir(), '.local/state'), 'slashzero')
}
