import type { VmCounts, VmListQuery } from '@slashzero/contract/page'
import { countRoutes } from '@slashzero/db'
import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'
import { toIso } from '../time.ts'

/** Counts the VMs of a search by the status of their route. */
export async function countVms(
  context: ServiceContext,
  search: Pick<VmListQuery, 'hypervisor' | 'search'>,
): Promise<VmCounts> {
  authorise(context, 'read')
  const rows = await countRoutes(context.db.pool, search)
  const vms = (status: (typeof rows)[number]['status']) => rows.find((row) => row.status === status)?.vms ?? 0
  return {
    now: toIso(context.now()),
    route: { missing: vms('missing'), expiring: vms('expiring'), unknown: vms('unknown'), ok: vms('ok') },
    goesDark: rows.reduce((sum, { dark }) => sum + dark, 0),
  }
}
