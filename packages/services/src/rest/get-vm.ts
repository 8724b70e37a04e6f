import type { VmResource } from '@slashzero/contract/rest'
import { readVmsById } from '@slashzero/db'
import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'
import { ServiceError } from '../error.ts'
import { toVmResource } from './to-vm-resource.ts'

/** Throws ServiceError `not-found`. */
export async function getVm(context: ServiceContext, { id }: { id: string }): Promise<VmResource> {
  authorise(context, 'read')
  const [vm] = await readVmsById(context.db.pool, [id])
  if (vm === undefined) throw new ServiceError('not-found', `There is no VM ${id}.`)
  return toVmResource(vm)
}
