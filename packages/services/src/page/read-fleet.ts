import type { Fleet } from '@slashzero/contract/page'
import { compareWorstFirst } from '@slashzero/core'
import { readHypervisors } from '@slashzero/db'
import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'
import { toIso } from '../time.ts'
import { toFleetRow } from './to-fleet-row.ts'

/** Every hypervisor, worst first, and the totals. */
export async function readFleet(context: ServiceContext): Promise<Fleet> {
  authorise(context, 'read')
  const hypervisors = (await readHypervisors(context.db.pool)).map(toFleetRow).toSorted(compareWorstFirst)
  return { now: toIso(context.now()), totals: addUp(hypervisors), hypervisors }
}

function addUp(rows: Fleet['hypervisors']): Fleet['totals'] {
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
