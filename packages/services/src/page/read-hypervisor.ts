import type { HypervisorDetail } from '@slashzero/contract/page'
import { readVms } from '@slashzero/db'
import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'
import { loadHypervisor } from '../hypervisor/load.ts'
import { toHypervisorDetail } from '../rest/to-hypervisor-resource.ts'
import { toVmResource } from '../rest/to-vm-resource.ts'
import { toIso } from '../time.ts'
import { toHeadroom } from './to-fleet-row.ts'

/** All of one hypervisor: senders, taps, VMs (worst first), failed probes. Throws ServiceError `not-found`. */
export async function readHypervisor(context: ServiceContext, { id }: { id: string }): Promise<HypervisorDetail> {
  authorise(context, 'read')
  const vmQuery = { hypervisor: id, sort: 'status', descending: false, offset: 0, limit: null } as const
  const [{ record, sockets, taps }, vms] = await Promise.all([
    loadHypervisor(context, id),
    readVms(context.db.pool, vmQuery),
  ])
  return {
    ...toHypervisorDetail(record, sockets, taps),
    ...toHeadroom(record),
    now: toIso(context.now()),
    vmRows: vms.map(toVmResource),
  }
}
