import type { HypervisorDetailResource } from '@slashzero/contract/rest'
import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'
import { loadHypervisor } from '../hypervisor/load.ts'
import { toHypervisorDetail } from './to-hypervisor-resource.ts'

/** Throws ServiceError `not-found`. */
export async function getHypervisor(
  context: ServiceContext,
  { id }: { id: string },
): Promise<HypervisorDetailResource> {
  authorise(context, 'read')
  const { record, sockets, taps } = await loadHypervisor(context, id)
  return toHypervisorDetail(record, sockets, taps)
}
