import type { RouteStatus, VmResource } from '@slashzero/contract/rest'
import { readVmPage } from '@slashzero/db'
import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'
import { type Page, type PageQuery, readCursor, toPage } from './paginate.ts'
import { toVmResource } from './to-vm-resource.ts'

export type VmsQuery = PageQuery & {
  readonly route?: RouteStatus | undefined
  readonly hypervisor?: string | undefined
}

/** One page of the matching VMs, ordered by id. */
export async function listVmResources(context: ServiceContext, query: VmsQuery): Promise<Page<VmResource>> {
  authorise(context, 'read')
  const rows = await readVmPage(context.db.pool, query, { after: readCursor(query), limit: query.limit + 1 })
  return toPage(rows, query.limit, toVmResource)
}
