import type { HypervisorDetail } from '@slashzero/contract'
import type { ServiceContext } from '../context.ts'

export async function readHypervisor(_context: ServiceContext, _input: { id: string }): Promise<HypervisorDetail> {
  throw new Error('not written yet')
}
