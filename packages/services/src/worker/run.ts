import type { ServiceContext } from '../context.ts'

export async function runWorker(_context: ServiceContext, _signal: AbortSignal): Promise<void> {
  throw new Error('not written yet')
}
