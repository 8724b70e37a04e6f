import type { VmDetail } from '@slashzero/contract/page'
import { readClaims, readHypervisorRecord } from '@slashzero/db'
import type { ServiceContext } from '../context.ts'
import { getVm } from '../rest/get-vm.ts'
import { toIso } from '../time.ts'

/** The page of a VM. Throws ServiceError `not-found`. */
export async function readVm(context: ServiceContext, { id }: { id: string }): Promise<VmDetail> {
  const { taps, ...vm } = await getVm(context, { id })
  const { pool } = context.db
  const [hypervisor, claims] = await Promise.all([readHypervisorRecord(pool, vm.hypervisor.id), readClaims(pool, id)])
  const probes = hypervisor?.probes ?? null
  return { now: toIso(context.now()), vm, claims, taps, probes: probes && [...probes] }
}
