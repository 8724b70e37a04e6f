import { setTimeout as sleep } from 'node:timers/promises'
import type { PoolClient } from 'pg'
import { codeOf } from '@slashzero/contract/report'
import { Prisma } from './generated/client.ts'
import type { Database } from './open.ts'

const { PrismaClientKnownRequestError: PrismaError } = Prisma

const MAX_ATTEMPTS = 5

/**
 * Runs `work` in one transaction and resolves when the commit is durable. A serialisation failure or a deadlock runs
 * `work` again, so `work` must have no effect outside the transaction.
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

/**
 * The five-character SQLSTATE of an error of PostgreSQL, also inside an error of Prisma; undefined for other errors.
 */
export function sqlState(error: unknown): string | undefined {
  const code = error instanceof PrismaError ? stateInside(error) : codeOf(error)
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code) ? code : undefined
}

/** Prisma hands on the code of PostgreSQL in the details of its own error. */
function stateInside({ meta }: Prisma.PrismaClientKnownRequestError): string | undefined {
  const { driverAdapterError } = (meta ?? {}) as { driverAdapterError?: { cause?: { originalCode?: string } } }
  return driverAdapterError?.cause?.originalCode
}

const READ_ONLY = '25006' // read_only_sql_transaction
const DISK_FULL = '53100' // disk_full
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
  const state = sqlState(error)
  if (state === READ_ONLY || AWAY_CLASSES.has(state?.slice(0, 2))) return true
  // node-postgres throws these errors without a code.
  return /^Connection terminated|timeout exceeded when trying to connect|^Client has encountered a connection error/.test(
    error.message,
  )
}

export const READ_ONLY_ADVICE =
  'The database is read-only, as a standby is after a failover; point DATABASE_URL to the server that takes writes.'

/** Says for an error of `isUnavailable` what to do. Names no address. */
export function adviseUnavailable(error: unknown): string {
  const state = sqlState(error)
  if (state === DISK_FULL) return 'The disk of the database is full; free some space there.'
  return state === READ_ONLY ? READ_ONLY_ADVICE : 'The database is unreachable; try again soon.'
}

/** Whether PostgreSQL refused a text because of a character that it cannot hold, such as NUL. */
export function isUnstorable(error: unknown): boolean {
  return sqlState(error) === '22021' // character_not_in_repertoire
}
