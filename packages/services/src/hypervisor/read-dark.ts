import { isMute } from '@slashzero/core'
import { type DarkRange, type HypervisorSummary, readDarkRanges } from '@slashzero/db'
import type { ServiceContext } from '../context.ts'

/** When the VMs of hypervisors that cannot renew a route lose their routes, by hypervisor. */
export function readDark(
  { db }: ServiceContext,
  summaries: readonly HypervisorSummary[],
): Promise<Map<string, DarkRange>> {
  const mute = summaries.filter(({ status }) => isMute(status))
  return readDarkRanges(
    db.pool,
    mute.map(({ id }) => id),
  )
}
