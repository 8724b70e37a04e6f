import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from './open.ts'

const locks = { worker: 5_220_002 } as const
const askEvery = 2000

/**
 * Runs `work` while this process holds a lock that one process holds at a time, over a connection of its own. Waits for
 * the lock. `held` aborts when the lock is lost with its connection, or when `signal` aborts.
 */
export async function holdLock(
  db: Pick<Database, 'pool'>,
  name: keyof typeof locks,
  signal: AbortSignal,
  work: (held: AbortSignal) => Promise<void>,
): Promise<void> {
  const client = await db.pool.connect()
  const lost = new AbortController()
  const lose = (error: Error) => lost.abort(error)
  client.on('error', lose)
  try {
    while (!signal.aborted) {
      const { rows } = await client.query<{ held: boolean }>('SELECT pg_try_advisory_lock($1) AS held', [locks[name]])
      if (rows[0]?.held === true) return await work(AbortSignal.any([signal, lost.signal]))
      await sleep(askEvery, undefined, { signal }).catch(() => undefined)
    }
  } finally {
    client.off('error', lose)
    client.release(true) // closing the connection is what frees the lock
  }
}
