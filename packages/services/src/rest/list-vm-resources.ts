import type { RouteStatus, VmResource } from '@slashzero/contract/rest'
import { readStoredVms, readVmsById, storedOrder } from '@slashzero/db'
import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'
import { cutPage, readPosition } from '../page/cursor.ts'
import type { Page, PageQuery } from './paginate.ts'
import { toVmResource } from './to-vm-resource.ts'

export type VmsQuery = PageQuery & {
  readonly route?: RouteStatus | undefined
  readonly hypervisor?: string | undefined
}

/** One page of the matching VMs, hypervisor by hypervisor. */
export async function listVmResources(context: ServiceContext, query: VmsQuery): Promise<Page<VmResource>> {
  authorise(context, 'read')
  const { pool } = context.db
  const { cursor, limit, ...filter } = query
  const list = { name: 'rest-vms', filter, order: storedOrder }
  const after = readPosition(list, cursor)
  const { shown, nextCursor } = cutPage(list, await readStoredVms(pool, filter, { after, limit: limit + 1 }), limit)
  const vms = await readVmsById(
    pool,
    shown.map(({ id }) => id),
  )
  return { items: vms.map(toVmResource), nextCursor }
}
