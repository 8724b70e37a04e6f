import type { Fleet } from '@slashzero/contract'
import type { ServiceContext } from '../context.ts'

export async function readFleet(_context: ServiceContext): Promise<Fleet> {
  throw new Error('not written yet')
}
