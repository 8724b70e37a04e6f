import type { HypervisorResource } from '@slashzero/contract'
import type { ServiceContext } from '../context.ts'

export async function getHypervisor(_context: ServiceContext, _input: { id: string }): Promise<HypervisorResource> {
  throw new Error('not written yet')
}
