import { Pool } from 'pg'
import { BenchError } from './measurement.ts'
import { readParent } from './read-usage.ts'

/** A PostgreSQL on this machine. */
export type LocalPostgres = {
  readonly pool: Pool
  /** Its first process, whose children serve the connections. */
  readonly pid: number
  /** In words, for instance `fsync on, synchronous_commit on`. @throws BenchError if a commit is not durable */
  readonly readDurability: () => Promise<string>
  readonly close: () => Promise<void>
}

const CONNECTIONS = 20

/** @throws BenchError if PostgreSQL runs on another machine, because its CPU time cannot be read */
export async function openPostgres(url: string): Promise<LocalPostgres> {
  const pool = new Pool({ connectionString: url, max: CONNECTIONS })
  const { rows } = await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  const backend = rows[0]?.pid ?? 0
  return {
    pool,
    pid: parentOf(backend),
    async readDurability() {
      const settings = await pool.query<{ name: string; setting: string }>(
        `SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit') ORDER BY name`,
      )
      if (settings.rows.some(({ setting }) => setting === 'off')) {
        throw new BenchError(
          'PostgreSQL runs without fsync or synchronous_commit, so nothing that it acknowledges is durable.',
        )
      }
      return settings.rows.map(({ name, setting }) => `${name} ${setting}`).join(', ')
    },
    close: () => pool.end(),
  }
}

function parentOf(backend: number): number {
  try {
    return readParent(backend)
  } catch {
    throw new BenchError('PostgreSQL does not run on this machine, so its CPU time cannot be read.')
  }
}
