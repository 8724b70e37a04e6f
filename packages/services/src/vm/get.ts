import type { VmResource } from '@slashzero/contract'
import type { ServiceContext } from '../context.ts'

export async function getVm(_context: ServiceContext, _input: { id: string }): Promise<VmResource> {
  throw new Error('not written yet')
}
