import type { Scope, ServiceContext } from '../context.ts'

export async function createApiToken(_context: ServiceContext, _input: { name: string; scopes: readonly Scope[] }): Promise<{ id: string; token: string }> {
  throw new Error('not written yet')
}
