import type { DashboardVm, VmListQuery } from '@slashzero/contract/page'
import { readVmIds, readVmsById } from '@slashzero/db'
import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'
import { toDashboardVm } from './to-dashboard-vm.ts'

const atOnce = 500

/**
 * Every VM that the query matches, in its order; `offset` and `limit` are not regarded. Which VMs and in which order is
 * settled at the start; each is read when its turn comes, so that a slow reader holds neither a connection nor a snapshot.
 */
export async function* exportVms(
  context: ServiceContext,
  query: VmListQuery,
): AsyncGenerator<DashboardVm, void, undefined> {
  authorise(context, 'read')
  const ids = await readVmIds(context.db.pool, query)
  for (let start = 0; start < ids.length; start += atOnce) {
    const vms = await readVmsById(context.db.pool, ids.slice(start, start + atOnce))
    yield* vms.map(toDashboardVm)
  }
}
