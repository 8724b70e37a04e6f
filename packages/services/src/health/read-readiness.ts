import { isReadOnly, READ_ONLY_ADVICE, readSchemaState } from '@slashzero/db'
import type { ServiceContext } from '../context.ts'
import { ServiceError } from '../error.ts'

/**
 * Whether this process can serve: the database answers, takes writes and has the schema of this code. Needs no
 * authentication. Throws ServiceError `unavailable`.
 */
export async function readReadiness({ db }: ServiceContext): Promise<{ database: 'ok'; schema: 'current' }> {
  const unreachable = (cause: unknown) => {
    throw new ServiceError('unavailable', 'The database cannot be reached.', undefined, { cause })
  }
  const state = await readSchemaState(db.pool).catch(unreachable)
  if (state.kind !== 'ours') {
    throw new ServiceError('unavailable', 'The database has no schema of Slashzero; run `npx slashzero migrate`.')
  }
  if (state.unknown.length > 0)
    throw new ServiceError('unavailable', 'The database has a newer schema than this server; start the newer version.')
  if (state.pending.length > 0 || state.failed.length > 0) {
    throw new ServiceError('unavailable', 'The database schema is not up to date; run `npx slashzero migrate`.')
  }
  if (await isReadOnly(db.pool).catch(unreachable)) throw new ServiceError('unavailable', READ_ONLY_ADVICE)
  return { database: 'ok', schema: 'current' }
}
