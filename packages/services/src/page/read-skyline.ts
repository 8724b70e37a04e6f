import { type FleetSkyline, MAX_SKYLINE_COLUMNS } from '@slashzero/contract/page'
import { readSkyline as readColumns } from '@slashzero/db'
import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'
import { toIso } from '../time.ts'
import { toHeadroom } from './to-fleet-row.ts'

/** How full each sender is, fullest first, in a bounded number of columns. */
export async function readSkyline(context: ServiceContext): Promise<FleetSkyline> {
  authorise(context, 'read')
  const { columns, ...size } = await readColumns(context.db.pool, MAX_SKYLINE_COLUMNS)
  return {
    now: toIso(context.now()),
    ...size,
    columns: columns.map(({ id, name, status, ...figures }) =>
      Object.assign({ id, name, status }, toHeadroom(figures)),
    ),
  }
}
