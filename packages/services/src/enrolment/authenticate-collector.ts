import { findCredential } from '@slashzero/db'
import type { CollectorActor, ServiceContext } from '../context.ts'
import { ServiceError } from '../error.ts'
import { hashSecret } from '../secret.ts'

/** Whose credential this is. Throws ServiceError `unauthenticated` for an unknown or revoked one. */
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
