import { findCredential } from '@slashzero/db'
import type { CollectorActor, ServiceContext } from '../context.ts'
import { ServiceError } from '../error.ts'
import { hashSecret } from '../secret.ts'

/** The collector of this credential. Throws ServiceError `unauthenticated` for an unknown or revoked credential. */
export async function authenticateCollector(
  context: ServiceContext,
  { credential }: { credential: string },
): Promise<CollectorActor> {
  const found = await findCredential(context.db.pool, hashSecret(credential))
  if (found === null) {
    throw new ServiceError(
      'unauthenticated',
      'This credential is unknown or was revoked; enrol the host again with a new enrolment token.',
    )
  }
  return { kind: 'collector', ...found }
}
