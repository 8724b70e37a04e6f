import { apiToken, apiTokenCreated, apiTokenRequest, byId } from '@slashzero/contract/page'
import { createApiToken, listApiTokens, revokeApiToken } from '@slashzero/services'
import { z } from 'zod'
import { procedure, router } from './procedure.ts'

export const apiTokenRouter = router({
  list: procedure.output(z.array(apiToken)).query(({ ctx }) => listApiTokens(ctx.service)),
  create: procedure
    .input(apiTokenRequest)
    .output(apiTokenCreated)
    .mutation(({ ctx, input }) => createApiToken(ctx.service, input)),
  revoke: procedure
    .input(byId)
    .output(z.void())
    .mutation(({ ctx, input }) => revokeApiToken(ctx.service, input)),
})
