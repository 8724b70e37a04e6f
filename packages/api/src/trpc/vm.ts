import { vmList, vmListQuery } from '@slashzero/contract'
import { listVms } from '@slashzero/services'
import { procedure, router } from './procedure.ts'

export const vmRouter = router({
  list: procedure
    .input(vmListQuery)
    .output(vmList)
    .query(({ ctx, input }) => listVms(ctx.service, input)),
})
