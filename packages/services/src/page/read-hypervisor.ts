import type { HypervisorDetail } from '@slashzero/contract/page'
import { tightestSocket } from '@slashzero/core'
import { readVms } from '@slashzero/db'
import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'
import { loadHypervisor } from '../hypervisor/load.ts'
import { toHypervisorDetail } from '../rest/to-hypervisor-resource.ts'
import { toVmResource } from '../rest/to-vm-resource.ts'
import { toIso, toIsoOrNull } from '../time.ts'

/** All of one hypervisor: senders, taps, VMs (worst first), failed probes. Throws ServiceError `not-found`. */
export async function readHypervisor(context: ServiceContext, { id }: { id: string }): Promise<HypervisorDetail> {
  authorise(context, 'read')
  const vmQuery = { hypervisor: id, sort: 'status', descending: false, offset: 0, limit: null } as const
  const [{ record, sockets, taps, dark }, vms] = await Promise.all([
    loadHypervisor(context, id),
    readVms(context.db.pool, vmQuery),
  ])
  const tightest = tightestSocket(sockets)
  return {
    ...toHypervisorDetail(record, sockets, taps, dark),
    now: toIso(context.now()),
    joinsLeft: tightest?.joinsLeft ?? null,
    staleMemberships: tightest?.staleMemberships ?? null,
    fullAt: toIsoOrNull(tightest?.fullAt ?? null),
    vmRows: vms.map(toVmResource),
  }
}
