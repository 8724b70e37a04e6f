import type { VmDetail } from '@slashzero/contract/page'
import { readHypervisorRecord, readTapsOfVm, readVmsById } from '@slashzero/db'
import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'
import { ServiceError } from '../error.ts'
import { toTap } from './to-tap.ts'
import { toIso } from '../time.ts'
import { toDashboardVm } from './to-dashboard-vm.ts'

/** The page of a VM. Throws ServiceError `not-found`. */
export async function readVm(context: ServiceContext, { id }: { id: string }): Promise<VmDetail> {
  authorise(context, 'read')
  const { pool } = context.db
  const [[vm], taps] = await Promise.all([readVmsById(pool, [id]), readTapsOfVm(pool, id)])
  if (vm === undefined) throw new ServiceError('not-found', `There is no VM ${id}.`)
  const hypervisor = await readHypervisorRecord(pool, vm.hypervisor.id)
  const probes = hypervisor?.probes ?? null
  return { now: toIso(context.now()), vm: toDashboardVm(vm), taps: taps.map(toTap), probes: probes && [...probes] }
}
