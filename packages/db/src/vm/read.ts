import type { Queryable } from '../open.ts'
import { selectVms, type VmRecord } from './select.ts'

/** These VMs in the order of `ids`, without removed VMs. */
export async function readVmsById(client: Queryable, ids: readonly string[]): Promise<VmRecord[]> {
  const rest = 'WHERE v.id = ANY($1) ORDER BY array_position($1::text[], v.id)'
  return selectVms(client, { rest, values: [ids] })
}
