import type { ServiceContext } from '../context.ts'

export async function judgeDue(_context: ServiceContext): Promise<number> {
  throw new Error('not written yet')
}
