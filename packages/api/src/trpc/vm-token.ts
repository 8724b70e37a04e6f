import { byId, vmToken, vmTokenCreated } from '@slashzero/contract/page'
import { createVmToken, listVmTokens, revokeVmToken } from '@slashzero/services'
import { z } from 'zod'
import { procedure, router } from './procedure.ts'

const ofVm = z.object({ vmId: byId.shape.id })

export const vmTokenRouter = router({
  list: procedure
    .input(ofVm)
    .output(z.array(vmToken))
    .query(({ ctx, input }) => listVmTokens(ctx.service, input)),
  create: procedure
    .input(ofVm)
    .output(vmTokenCreated)
    .mutation(({ ctx, input }) => createVmToken(ctx.service, input)),
  revoke: procedure
    .input(byId)
    .output(z.void())
    .mutation(({ ctx, input }) => revokeVmToken(ctx.service, input)),
})
