import type { RouteStatus, VmResource } from '@slashzero/contract/rest'
import { readVmIdsAfter, readVmsById } from '@slashzero/db'
import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'
import { type Page, type PageQuery, readCursor } from './paginate.ts'
import { toVmResource } from './to-vm-resource.ts'

export type VmsQuery = PageQuery & {
  readonly route?: RouteStatus | undefined
  readonly hypervisor?: string | undefined
}

/** One page of the matching VMs, ordered by id. */
export async function listVmResources(context: ServiceContext, query: VmsQuery): Promise<Page<VmResource>> {
  authorise(context, 'read')
  const { route, hypervisor, limit } = query
  const { pool } = context.db
  const ids = await readVmIdsAfter(pool, { route, hypervisor }, { after: readCursor(query), limit: limit + 1 })
  const vms = await readVmsById(pool, ids.slice(0, limit))
  return { items: vms.map(toVmResource), nextCursor: ids.length > limit ? (ids[limit - 1] ?? null) : null }
}
