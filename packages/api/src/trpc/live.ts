import type { Change } from '@slashzero/contract/page'
import { procedure, router } from './procedure.ts'

export const liveRouter = router({
  /** Changes from now on; at most one message a second for each hypervisor. */
  changes: procedure.subscription(async function* changes({ ctx, signal }): AsyncGenerator<Change> {
    if (signal) yield* ctx.changes(signal)
  }),
})
