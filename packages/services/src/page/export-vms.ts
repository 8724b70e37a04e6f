import type { VmFilter } from '@slashzero/contract/page'
import type { VmResource } from '@slashzero/contract/rest'
import { type Position, readStoredVms, readVmsById } from '@slashzero/db'
import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'
import { toVmResource } from '../rest/to-vm-resource.ts'

const BATCH_SIZE = 500

/**
 * Every VM of the filter, hypervisor by hypervisor. A VM that is there all the time comes exactly once, whatever else
 * changes. One batch is in memory, and a slow reader holds neither a connection nor a snapshot.
 */
export async function* exportVms(
  context: ServiceContext,
  filter: VmFilter,
): AsyncGenerator<VmResource, void, undefined> {
  authorise(context, 'read')
  const { pool } = context.db
  let after: Position | null = null
  for (;;) {
    const found: Awaited<ReturnType<typeof readStoredVms>> = await readStoredVms(pool, filter, {
      after,
      limit: BATCH_SIZE,
    })
    const vms = await readVmsById(
      pool,
      found.map(({ id }) => id),
    )
    yield* vms.map(toVmResource)
    const last = found.at(-1)
    if (last === undefined || found.length < BATCH_SIZE) return
    after = last.position
  }
}
