import type { ServiceContext } from '../context.ts'

/** Open to anybody: it decides whether the sign-in or the set-up page is shown. */
export async function administratorExists(_context: ServiceContext): Promise<boolean> {
  throw new Error('not written yet')
}
