import { PrismaPg } from '@prisma/adapter-pg'
import { Pool, TypeOverrides, types } from 'pg'
import { type Prisma, PrismaClient } from './generated/client.ts'

/** Anything that runs a statement: the pool, or the connection of a transaction. */
export type Queryable = Pick<Pool, 'query'>

/** The client inside `prisma.$transaction`. */
export type PrismaTransaction = Prisma.TransactionClient

export type Database = {
  readonly prisma: PrismaClient
  /** Its connections read `bigint` as number and `timestamptz` as milliseconds since the epoch. */
  readonly pool: Pool
  close(): Promise<void>
}

/**
 * Opens a pool that Prisma and the plain SQL of this package share. Connects at the first query. `poolSize`: the
 * maximum of connections. `onIdleError` is called for a broken idle connection, which the pool replaces.
 */
export function openDatabase(options: {
  url: string
  poolSize: number
  onIdleError?: (error: Error) => void
}): Database {
  const pool = new Pool({
    connectionString: options.url,
    max: options.poolSize,
    connectionTimeoutMillis: 10_000,
    application_name: 'slashzero',
    types: typeParsers(),
  })
  // An error without a listener ends the process. The pool emits the errors of idle connections, the client those in
  // use.
  pool.on('error', options.onIdleError ?? (() => undefined))
  pool.on('connect', (client) => client.on('error', () => undefined)) // the current query fails too, with more detail
  const prisma = new PrismaClient({
    adapter: new PrismaPg(pool),
    // Prisma's default of 2 s is too short for a fleet that enrols at once.
    transactionOptions: { maxWait: 10_000, timeout: 30_000 },
  })
  return {
    prisma,
    pool,
    async close() {
      await prisma.$disconnect()
      await pool.end()
    },
  }
}

/** No column of this schema holds a bigint beyond 2^53 or an instant outside the years 1 to 9999. */
function typeParsers(): TypeOverrides {
  const parsers = new TypeOverrides()
  parsers.setTypeParser(types.builtins.INT8, Number)
  parsers.setTypeParser(types.builtins.TIMESTAMPTZ, Date.parse)
  return parsers
}
