import type { VmList, VmListQuery } from '@slashzero/contract'
import type { ServiceContext } from '../context.ts'

export async function listVms(_context: ServiceContext, _input: VmListQuery): Promise<VmList> {
  throw new Error('not written yet')
}
