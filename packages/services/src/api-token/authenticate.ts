import type { Actor, ServiceContext } from '../context.ts'

export async function authenticateApiToken(_context: ServiceContext, _input: { token: string }): Promise<Actor> {
  throw new Error('not written yet')
}
