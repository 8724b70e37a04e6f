import type { VmResource } from '@slashzero/contract/rest'
import type { VmListQuery } from '@slashzero/contract/page'
import { readVmIds, readVmsById } from '@slashzero/db'
import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'
import { toVmResource } from '../rest/to-vm-resource.ts'

const BATCH_SIZE = 500

/**
 * Every VM that the query matches, in the query's order; `offset` and `limit` do not count. The ids are read at the
 * start and the VMs in batches, so that a slow reader holds neither a connection nor a snapshot.
 */
export async function* exportVms(
  context: ServiceContext,
  query: VmListQuery,
): AsyncGenerator<VmResource, void, undefined> {
  authorise(context, 'read')
  const ids = await readVmIds(context.db.pool, query)
  for (let start = 0; start < ids.length; start += BATCH_SIZE) {
    const vms = await readVmsById(context.db.pool, ids.slice(start, start + BATCH_SIZE))
    yield* vms.map(toVmResource)
  }
}
