import type { Arrivals } from '@slashzero/contract/page'
import { readArrivals } from '@slashzero/db'
import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'
import { toIso, toIsoOrNull } from '../time.ts'

const SHOWN = 100

/** The hypervisors that enrolled since an instant, latest first. Demo hypervisors do not count. */
export async function listArrivals(context: ServiceContext, { since }: { since: string }): Promise<Arrivals> {
  authorise(context, 'read')
  const { items, total } = await readArrivals(context.db.pool, Date.parse(since), SHOWN)
  return {
    now: toIso(context.now()),
    total,
    items: items.map(({ id, name, status, lastSeenAt }) => ({ id, name, status, lastSeenAt: toIsoOrNull(lastSeenAt) })),
  }
}
