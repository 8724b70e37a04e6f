import { findVmToken } from '@slashzero/db'
import type { GuestActor, ServiceContext } from '../context.ts'
import { ServiceError } from '../error.ts'
import { hashSecret } from '../secret.ts'

const USE_RECORD_INTERVAL = 60_000 // milliseconds: a write for every push would cost more than the push

/**
 * The VM that this token speaks for, and the hypervisor that reports the VM now. Throws ServiceError `unauthenticated` for an
 * unknown or revoked token, `conflict` if no hypervisor or more than one reports the VM.
 */
export async function authenticateGuest(context: ServiceContext, { token }: { token: string }): Promise<GuestActor> {
  const { db, now } = context
  const found = await findVmToken(db.pool, hashSecret(token))
  if (found === null)
    throw new ServiceError(
      'unauthenticated',
      'This VM token is unknown or was revoked; make a new token on the page of the VM.',
    )
  if (found.lastUsedAt === null || now() - found.lastUsedAt > USE_RECORD_INTERVAL) {
    await db.prisma.vmToken
      .updateMany({ where: { id: found.id }, data: { lastUsedAt: new Date(now()) } })
      // The push itself says why the database takes no writes.
      .catch((err: unknown) => context.log.warn({ err, tokenId: found.id }, 'the use of a VM token was not recorded'))
  }
  const [at, another] = found.hypervisors
  if (at === undefined)
    throw new ServiceError(
      'conflict',
      'No hypervisor reports the VM of this token now; push again when a hypervisor does.',
    )
  if (another !== undefined) {
    const names = found.hypervisors.map(({ name }) => name).join(' and ')
    throw new ServiceError(
      'conflict',
      `${names} each report a VM with the uuid of this token; push again when only one hypervisor does.`,
    )
  }
  return { kind: 'guest', tokenId: found.id, hypervisorId: at.id, vmKey: found.vmKey }
}
