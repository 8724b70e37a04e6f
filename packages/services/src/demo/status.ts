import type { ServiceContext } from '../context.ts'

export async function demoStatus(_context: ServiceContext): Promise<{ hypervisors: number }> {
  throw new Error('not written yet')
}
