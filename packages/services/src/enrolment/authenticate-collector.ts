import type { CollectorActor, ServiceContext } from '../context.ts'

export async function authenticateCollector(_context: ServiceContext, _input: { credential: string }): Promise<CollectorActor> {
  throw new Error('not written yet')
}
