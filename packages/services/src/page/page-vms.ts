import { MAX_COUNTED, type VmFilter, type VmPage, type VmPageQuery, type VmTally } from '@slashzero/contract/page'
import { readFigures, readVmPositions, readVmsById, tallyVms as tally, vmOrder } from '@slashzero/db'
import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'
import { toVmResource } from '../rest/to-vm-resource.ts'
import { toIso } from '../time.ts'
import { cutPage, readPosition } from './cursor.ts'

/** One page of the matching VMs. Throws ServiceError `invalid` for a cursor of another list. */
export async function pageVms(context: ServiceContext, query: VmPageQuery): Promise<VmPage> {
  authorise(context, 'read')
  const { pool } = context.db
  const { cursor, limit, sort: _sort, descending: _descending, ...filter } = query
  const list = { name: 'vms', filter, order: vmOrder(query) }
  const after = readPosition(list, cursor)
  const rows = await readVmPositions(pool, { ...query, limit: limit + 1 }, after)
  const { shown, nextCursor } = cutPage(list, rows, limit)
  const vms = await readVmsById(
    pool,
    shown.map(({ id }) => id),
  )
  return { now: toIso(context.now()), items: vms.map(toVmResource), nextCursor }
}

/** Counts the VMs of a search by route state. Without a search text the hypervisors' own counters say it. */
export async function tallyVms(
  context: ServiceContext,
  { search, hypervisor }: Pick<VmFilter, 'search' | 'hypervisor'>,
): Promise<VmTally> {
  authorise(context, 'read')
  const { pool } = context.db
  const now = toIso(context.now())
  if (search !== undefined) {
    const { isExact, ...counts } = await tally(pool, { search, hypervisor })
    return { now, ...counts, max: isExact ? null : MAX_COUNTED }
  }
  const figures = await readFigures(pool, hypervisor)
  const sum = (name: 'vms' | 'missing' | 'expiring' | 'unknown' | 'dark' | 'hypervisorsWithMissing') =>
    figures.reduce((all, one) => all + one[name], 0)
  const route = { missing: sum('missing'), expiring: sum('expiring'), unknown: sum('unknown') }
  return {
    now,
    route: { ...route, ok: sum('vms') - route.missing - route.expiring - route.unknown },
    goesDark: sum('dark'),
    hypervisorsWithMissing: sum('hypervisorsWithMissing'),
    max: null,
  }
}
