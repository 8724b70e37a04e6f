import {
  type HypervisorRecord,
  readHypervisorRecord,
  readSockets,
  readTaps,
  type SocketSummary,
  type TapRecord,
} from '@slashzero/db'
import type { ServiceContext } from '../context.ts'
import { ServiceError } from '../error.ts'

type Loaded = {
  readonly record: HypervisorRecord
  readonly sockets: readonly SocketSummary[]
  readonly taps: readonly TapRecord[]
}

/** All of one hypervisor but its VMs. Throws ServiceError `not-found`. */
export async function loadHypervisor(context: ServiceContext, id: string): Promise<Loaded> {
  const { pool } = context.db
  const [record, sockets, taps] = await Promise.all([
    readHypervisorRecord(pool, id),
    readSockets(pool, [id]),
    readTaps(pool, id),
  ])
  if (record === null) throw new ServiceError('not-found', `There is no hypervisor ${id}.`)
  return { record, sockets: sockets.get(id) ?? [], taps }
}
