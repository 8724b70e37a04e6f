import { NOTIFY_CHANNEL, type PrismaTransaction } from '@slashzero/db'

/** Tells every listening process at commit that a hypervisor was added or removed. */
export async function notifyMembership(transaction: PrismaTransaction): Promise<void> {
  await transaction.$executeRaw`SELECT pg_notify(${NOTIFY_CHANNEL}, '')`
}
