import type { VmDetailResource } from '@slashzero/contract/rest'
import { readTapsOfVm, readVmsById } from '@slashzero/db'
import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'
import { ServiceError } from '../error.ts'
import { toTapResource } from './to-hypervisor-resource.ts'
import { toVmResource } from './to-vm-resource.ts'

/** Throws ServiceError `not-found`. */
export async function getVm(context: ServiceContext, { id }: { id: string }): Promise<VmDetailResource> {
  authorise(context, 'read')
  const { pool } = context.db
  const [[vm], taps] = await Promise.all([readVmsById(pool, [id]), readTapsOfVm(pool, id)])
  if (vm === undefined) throw new ServiceError('not-found', `There is no VM ${id}.`)
  return { ...toVmResource(vm), taps: taps.map(toTapResource) }
}
