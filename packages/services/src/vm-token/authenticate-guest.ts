import { type Database, findVmTokens, markVmTokenUsed } from '@slashzero/db'
import type { GuestActor, ServiceContext } from '../context.ts'
import { ServiceError } from '../error.ts'
import { findTogether } from '../find-together.ts'
import { hashSecret } from '../secret.ts'

const find = findTogether((db: Database, hashes) => findVmTokens(db.pool, hashes))
const USE_RECORD_INTERVAL = 60_000 // milliseconds: a write for every push would cost more than the push

/**
 * The VM that this token speaks for, and the hypervisor that reports the VM now. Throws ServiceError `unauthenticated`
 * for an unknown or revoked token, `conflict` if no hypervisor reports the VM.
 */
export async function authenticateGuest(context: ServiceContext, { token }: { token: string }): Promise<GuestActor> {
  const { db, now } = context
  const found = await find(db, hashSecret(token))
  if (found === null)
    throw new ServiceError(
      'unauthenticated',
      'This VM token is unknown or was revoked; make a new token on the page of the VM.',
    )
  const { id, vmKey, hypervisorId, lastUsedAt, lastHypervisorId } = found
  const moved = hypervisorId !== null && hypervisorId !== lastHypervisorId
  if (moved || lastUsedAt === null || now() - lastUsedAt > USE_RECORD_INTERVAL) {
    await markVmTokenUsed(db.pool, { id, hypervisorId, now: now() })
      // The push itself says why the database takes no writes.
      .catch((err: unknown) => context.log.warn({ err, tokenId: id }, 'the use of a VM token was not recorded'))
  }
  if (hypervisorId === null)
    throw new ServiceError(
      'conflict',
      'No hypervisor reports the VM of this token now; push again when a hypervisor does.',
    )
  return { kind: 'guest', tokenId: id, hypervisorId, vmKey }
}
