import type { ServiceContext } from '../context.ts'

export async function createAdministrator(_context: ServiceContext, _input: { token: string; name: string; email: string; password: string }): Promise<{ userId: string }> {
  throw new Error('not written yet')
}
