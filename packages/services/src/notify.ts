import { notifyChannel, type PrismaTransaction } from '@slashzero/db'

/** Tells every listening process, when the transaction commits, that hypervisors came or went. */
export async function notifyMembership(transaction: PrismaTransaction): Promise<void> {
  await transaction.$executeRaw`SELECT pg_notify(${notifyChannel}, '')`
}
