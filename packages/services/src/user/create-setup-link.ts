import type { ServiceContext } from '../context.ts'

export async function createSetupLink(_context: ServiceContext): Promise<{ token: string } | null> {
  throw new Error('not written yet')
}
