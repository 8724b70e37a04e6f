import type { ServiceContext } from '../context.ts'

export async function removeHypervisor(_context: ServiceContext, _input: { id: string }): Promise<void> {
  throw new Error('not written yet')
}
