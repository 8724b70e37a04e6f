import type { VmDetail } from '@slashzero/contract'
import { readVmsById } from '@slashzero/db'
import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'
import { ServiceError } from '../error.ts'
import { toIso } from '../time.ts'
import { toDashboardVm } from './to-resource.ts'

/** A VM as its page shows it. Throws ServiceError `not-found`. */
export async function readVm(context: ServiceContext, { id }: { id: string }): Promise<VmDetail> {
  authorise(context, 'read')
  const [vm] = await readVmsById(context.db.pool, [id])
  if (vm === undefined) throw new ServiceError('not-found', `There is no VM ${id}.`)
  return { now: toIso(context.now()), vm: toDashboardVm(vm) }
}
