import { administrator, administratorRequest, setupState } from '@slashzero/contract/page'
import { administratorExists, createAdministrator } from '@slashzero/services'
import { publicProcedure, router } from './procedure.ts'

export const setupRouter = router({
  state: publicProcedure.output(setupState).query(async ({ ctx }) => ({
    administratorExists: await administratorExists(ctx.service),
  })),
  /** Needs the token of the one-time link. Does not sign in. */
  createAdministrator: publicProcedure
    .input(administratorRequest)
    .output(administrator)
    .mutation(({ ctx, input }) => createAdministrator(ctx.service, input)),
})
