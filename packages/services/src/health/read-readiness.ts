import type { ServiceContext } from '../context.ts'

export async function readReadiness(_context: ServiceContext): Promise<{ database: 'ok'; schema: 'current' }> {
  throw new Error('not written yet')
}
