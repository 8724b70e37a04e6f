import { setTimeout as sleep } from 'node:timers/promises'
import type { PoolClient } from 'pg'
import { codeOf } from '@slashzero/contract/report'
import type { Database } from './open.ts'

const MAX_ATTEMPTS = 5

/**
 * Runs `work` in one transaction and resolves when the commit is durable. A serialisation failure or a deadlock runs `work`
 * again, so `work` must have no effect outside the transaction.
 */
export async function transaction<Result>(
  db: Pick<Database, 'pool'>,
  work: (client: PoolClient) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await once(db, work)
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || !isConflict(error)) throw error
      await sleep(5 * 2 ** attempt * Math.random())
    }
  }
}

async function once<Result>(
  db: Pick<Database, 'pool'>,
  work: (client: PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await db.pool.connect()
  let broken: Error | undefined
  try {
    await client.query('BEGIN')
    const result = await work(client)
    await client.query('COMMIT')
    return result
  } catch (error) {
    await client.query('ROLLBACK').catch((cause: unknown) => {
      broken = new Error('The connection was lost in a transaction.', { cause })
    })
    throw error
  } finally {
    client.release(broken)
  }
}

const CONFLICTS: ReadonlySet<string | undefined> = new Set(['40001', '40P01']) // serialization_failure, deadlock_detected

function isConflict(error: unknown): boolean {
  return CONFLICTS.has(sqlState(error))
}

/** The five-character SQLSTATE of a PostgreSQL error, or undefined. */
export function sqlState(error: unknown): string | undefined {
  const code = codeOf(error)
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code) ? code : undefined
}

const AWAY_CLASSES: ReadonlySet<string | undefined> = new Set(['08', '53', '57']) // connection, resources, operator
const AWAY_CODES: ReadonlySet<unknown> = new Set(
  // The system's codes, then Prisma's: not reached, timed out, closed, no free connection.
  'ECONNREFUSED ECONNRESET ENOENT ENOTFOUND EPIPE ETIMEDOUT EHOSTUNREACH P1001 P1002 P1008 P1017 P2024'.split(' '),
)

/** Whether an error means that the server is unavailable, not that a statement is wrong. */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error instanceof AggregateError) return error.errors.some(isUnavailable)
  if (AWAY_CODES.has(codeOf(error))) return true
  if (AWAY_CLASSES.has(sqlState(error)?.slice(0, 2))) return true
  // node-postgres throws these errors without a code.
  return /^Connection terminated|timeout exceeded when trying to connect|^Client has encountered a connection error/.test(
    error.message,
  )
}
