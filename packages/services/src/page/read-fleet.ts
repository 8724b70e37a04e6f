import type { Fleet, FleetRow } from '@slashzero/contract/page'
import { compareWorstFirst } from '@slashzero/core'
import { readHeadrooms, readHypervisors } from '@slashzero/db'
import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'
import { readDark } from '../hypervisor/read-dark.ts'
import { toHypervisorHead } from '../rest/to-hypervisor-resource.ts'
import { toIso } from '../time.ts'
import { toHeadroom } from './to-headroom.ts'

/** Every hypervisor, worst first, and the totals. Three queries for a fleet of any size. */
export async function readFleet(context: ServiceContext): Promise<Fleet> {
  authorise(context, 'read')
  const [summaries, headrooms] = await Promise.all([readHypervisors(context.db.pool), readHeadrooms(context.db.pool)])
  const darkRanges = await readDark(context, summaries)
  const hypervisors = summaries
    .map((summary) =>
      Object.assign(toHypervisorHead(summary, darkRanges.get(summary.id)), toHeadroom(headrooms.get(summary.id) ?? [])),
    )
    .toSorted(compareWorstFirst)
  return { now: toIso(context.now()), totals: addUp(hypervisors), hypervisors }
}

function addUp(rows: readonly FleetRow[]): Fleet['totals'] {
  const totals = {
    hypervisors: rows.length,
    demoHypervisors: 0,
    vms: 0,
    vmsMissing: 0,
    vmsUnknown: 0,
    hypervisorsWithMissing: 0,
  }
  for (const { demo, vms } of rows) {
    if (demo) totals.demoHypervisors++
    totals.vms += vms.total
    totals.vmsMissing += vms.missing
    totals.vmsUnknown += vms.unknown
    if (vms.missing > 0) totals.hypervisorsWithMissing++
  }
  return totals
}
