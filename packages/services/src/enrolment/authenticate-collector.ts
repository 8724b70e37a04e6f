import { type Database, findCredentials } from '@slashzero/db'
import type { CollectorActor, ServiceContext } from '../context.ts'
import { ServiceError } from '../error.ts'
import { findTogether } from '../find-together.ts'
import { hashSecret } from '../secret.ts'

const find = findTogether((db: Database, hashes) => findCredentials(db.pool, hashes))

/** The collector of this credential. Throws ServiceError `unauthenticated` for an unknown or revoked credential. */
export async function authenticateCollector(
  context: ServiceContext,
  { credential }: { credential: string },
): Promise<CollectorActor> {
  const found = await find(context.db, hashSecret(credential))
  if (found === null) {
    throw new ServiceError(
      'unauthenticated',
      'This credential is unknown or was revoked; enrol the host again with a new enrolment token.',
    )
  }
  return { kind: 'collector', ...found }
}
