import type { ServiceContext } from '../context.ts'

export async function revokeApiToken(_context: ServiceContext, _input: { id: string }): Promise<void> {
  throw new Error('not written yet')
}
