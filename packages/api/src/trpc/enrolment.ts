import { enrolmentToken, enrolmentTokenRequest } from '@slashzero/contract/page'
import { createEnrolmentToken } from '@slashzero/services'
import { procedure, router } from './procedure.ts'

export const enrolmentRouter = router({
  createToken: procedure
    .input(enrolmentTokenRequest)
    .output(enrolmentToken)
    .mutation(({ ctx, input }) => createEnrolmentToken(ctx.service, input)),
})
