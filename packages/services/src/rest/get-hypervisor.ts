import type { HypervisorDetailResource } from '@slashzero/contract/rest'
import { readHypervisorRecord, readSockets, readTaps } from '@slashzero/db'
import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'
import { ServiceError } from '../error.ts'
import { toHypervisorResource, toTapResource } from './to-hypervisor-resource.ts'

/** Throws ServiceError `not-found`. */
export async function getHypervisor(
  context: ServiceContext,
  { id }: { id: string },
): Promise<HypervisorDetailResource> {
  authorise(context, 'read')
  const { pool } = context.db
  const [record, sockets, taps] = await Promise.all([
    readHypervisorRecord(pool, id),
    readSockets(pool, [id]),
    readTaps(pool, id),
  ])
  if (record === null) throw new ServiceError('not-found', `There is no hypervisor ${id}.`)
  return { ...toHypervisorResource(record, sockets.get(id) ?? []), taps: taps.map(toTapResource) }
}
