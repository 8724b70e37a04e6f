import type { HypervisorResource } from '@slashzero/contract/rest'
import { readHypervisorPage, readSockets } from '@slashzero/db'
import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'
import { type Page, type PageQuery, readCursor, toPage } from './paginate.ts'
import { toHypervisorResource } from './to-hypervisor-resource.ts'

/** One page of hypervisors, ordered by id. */
export async function listHypervisors(context: ServiceContext, query: PageQuery): Promise<Page<HypervisorResource>> {
  authorise(context, 'read')
  const { pool } = context.db
  const rows = await readHypervisorPage(pool, readCursor(query), query.limit + 1)
  const sockets = await readSockets(
    pool,
    rows.map((row) => row.id),
  )
  return toPage(rows, query.limit, (row) => toHypervisorResource(row, sockets.get(row.id) ?? []))
}
