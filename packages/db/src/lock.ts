import type { Database } from './open.ts'
import { pause, type Pause } from './pause.ts'

const LOCKS = { worker: 5_220_002 } as const
const RETRY_INTERVAL = 2000

/**
 * Waits for a lock that one process holds at a time, and runs `work` while this process holds the lock, on a connection
 * of its own. `held` aborts when `signal` aborts, or when the connection and with it the lock is lost.
 */
export async function holdLock(
  db: Pick<Database, 'pool'>,
  name: keyof typeof LOCKS,
  signal: AbortSignal,
  work: (held: AbortSignal) => Promise<void>,
  wait: Pause = pause,
): Promise<void> {
  const client = await db.pool.connect()
  const lost = new AbortController()
  const lose = (error: Error) => lost.abort(error)
  client.on('error', lose)
  try {
    while (!signal.aborted) {
      const { rows } = await client.query<{ held: boolean }>('SELECT pg_try_advisory_lock($1) AS held', [LOCKS[name]])
      if (rows[0]?.held === true) return await work(AbortSignal.any([signal, lost.signal]))
      await wait(RETRY_INTERVAL, signal)
    }
  } finally {
    client.off('error', lose)
    client.release(true) // closing the connection frees the lock
  }
}
