import type { VmDetail } from '@slashzero/contract/page'
import { readHypervisorRecord } from '@slashzero/db'
import type { ServiceContext } from '../context.ts'
import { getVm } from '../rest/get-vm.ts'
import { toIso } from '../time.ts'

/** The page of a VM. Throws ServiceError `not-found`. */
export async function readVm(context: ServiceContext, { id }: { id: string }): Promise<VmDetail> {
  const { taps, ...vm } = await getVm(context, { id })
  const hypervisor = await readHypervisorRecord(context.db.pool, vm.hypervisor.id)
  const probes = hypervisor?.probes ?? null
  return { now: toIso(context.now()), vm, taps, probes: probes && [...probes] }
}
