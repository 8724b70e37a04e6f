import { byId, vmDetail, vmFilter, vmPage, vmPageQuery, vmTally } from '@slashzero/contract/page'
import { pageVms, readVm, tallyVms } from '@slashzero/services'
import { procedure, router } from './procedure.ts'

export const vmRouter = router({
  page: procedure
    .input(vmPageQuery)
    .output(vmPage)
    .query(({ ctx, input }) => pageVms(ctx.service, input)),
  tally: procedure
    .input(vmFilter.pick({ search: true, hypervisor: true }))
    .output(vmTally)
    .query(({ ctx, input }) => tallyVms(ctx.service, input)),
  read: procedure
    .input(byId)
    .output(vmDetail)
    .query(({ ctx, input }) => readVm(ctx.service, input)),
})
