import type { VmList, VmListQuery } from '@slashzero/contract/page'
import { countVms, readVms } from '@slashzero/db'
import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'
import { toIso } from '../time.ts'
import { toVmResource } from '../rest/to-vm-resource.ts'

/** One page of the matching VMs in the requested order, and the counts of all matches and their hypervisors. */
export async function listVms(context: ServiceContext, query: VmListQuery): Promise<VmList> {
  authorise(context, 'read')
  const { pool } = context.db
  const [counts, vms] = await Promise.all([countVms(pool, query), readVms(pool, query)])
  return {
    now: toIso(context.now()),
    total: counts.total,
    hypervisors: counts.hypervisors,
    items: vms.map(toVmResource),
  }
}
