import { fleetPageQuery, type VmPageQuery, vmPageQuery } from '@slashzero/contract/page'
import type { ServiceContext } from '../context.ts'
import { listFleet } from '../page/list-fleet.ts'
import { pageVms } from '../page/page-vms.ts'
import { listSenders, listTaps, readHead } from '../page/read-panels.ts'

/** The first page of the fleet, worst first. */
export async function listedHypervisors(context: ServiceContext) {
  return (await listFleet(context, fleetPageQuery.parse({}))).items
}

/** The first page of VMs; by default of all VMs, longest in their status first. */
export async function listedVms(context: ServiceContext, query: Partial<VmPageQuery> = {}) {
  return (await pageVms(context, vmPageQuery.parse(query))).items
}

/** A hypervisor with the first page of each of its panels. */
export async function wholeHypervisor(context: ServiceContext, id: string) {
  const [head, senders, taps, vmRows] = await Promise.all([
    readHead(context, { id }),
    listSenders(context, { id, limit: 200 }),
    listTaps(context, { id, limit: 200 }),
    listedVms(context, { hypervisor: id, sort: 'status' }),
  ])
  return { ...head, senders: senders.items, taps: taps.items, vmRows }
}
