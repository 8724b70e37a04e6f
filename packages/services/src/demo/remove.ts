import type { ServiceContext } from '../context.ts'

export async function removeDemo(_context: ServiceContext): Promise<{ hypervisors: number }> {
  throw new Error('not written yet')
}
