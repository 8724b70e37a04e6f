import type { ServiceContext } from '../context.ts'

export async function createEnrolmentToken(_context: ServiceContext, _input: { name: string; uses: number; demo: boolean; expiresInHours: number }): Promise<{ token: string }> {
  throw new Error('not written yet')
}
