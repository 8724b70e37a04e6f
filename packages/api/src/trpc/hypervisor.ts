import {
  byId,
  headroomRange,
  headroomSeries,
  hypervisorHead,
  sendersPage,
  sendersQuery,
  tapsPage,
  tapsQuery,
} from '@slashzero/contract/page'
import { listSenders, listTaps, readHead, readHeadroom, removeHypervisor, revokeCredential } from '@slashzero/services'
import { z } from 'zod'
import { procedure, router } from './procedure.ts'

export const hypervisorRouter = router({
  head: procedure
    .input(byId)
    .output(hypervisorHead)
    .query(({ ctx, input }) => readHead(ctx.service, input)),
  senders: procedure
    .input(sendersQuery)
    .output(sendersPage)
    .query(({ ctx, input }) => listSenders(ctx.service, input)),
  taps: procedure
    .input(tapsQuery)
    .output(tapsPage)
    .query(({ ctx, input }) => listTaps(ctx.service, input)),
  headroom: procedure
    .input(byId.extend({ range: headroomRange }))
    .output(headroomSeries)
    .query(({ ctx, input }) => readHeadroom(ctx.service, input)),
  remove: procedure
    .input(byId)
    .output(z.void())
    .mutation(({ ctx, input }) => removeHypervisor(ctx.service, input)),
  /** The hypervisor's collector is refused from now on and must enrol again. */
  revokeCredential: procedure
    .input(byId)
    .output(z.object({ revoked: z.int().nonnegative() }))
    .mutation(({ ctx, input }) => revokeCredential(ctx.service, { hypervisorId: input.id })),
})
