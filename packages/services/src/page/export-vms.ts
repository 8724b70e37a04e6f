import type { VmFilter } from '@slashzero/contract/page'
import type { VmResource } from '@slashzero/contract/rest'
import { readVmIdsAfter, readVmsById } from '@slashzero/db'
import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'
import { toVmResource } from '../rest/to-vm-resource.ts'

const BATCH_SIZE = 500

/**
 * Every VM of the filter, by id, which never changes: a VM that is there all the time comes exactly once, whatever else
 * changes. One batch is in memory, and a slow reader holds neither a connection nor a snapshot.
 */
export async function* exportVms(
  context: ServiceContext,
  filter: VmFilter,
): AsyncGenerator<VmResource, void, undefined> {
  authorise(context, 'read')
  const { pool } = context.db
  for (let after: string | undefined = ''; after !== undefined;) {
    const ids: string[] = await readVmIdsAfter(pool, filter, { after, limit: BATCH_SIZE })
    const vms = await readVmsById(pool, ids)
    yield* vms.map(toVmResource)
    after = ids.length === BATCH_SIZE ? ids.at(-1) : undefined
  }
}
