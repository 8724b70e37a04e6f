import type { ServiceContext } from '../context.ts'

export async function revokeCredential(_context: ServiceContext, _input: { hypervisorId: string }): Promise<{ revoked: number }> {
  throw new Error('not written yet')
}
