import { byId, vmCounts, vmDetail, vmList, vmListQuery } from '@slashzero/contract/page'
import { countVms, listVms, readVm } from '@slashzero/services'
import { procedure, router } from './procedure.ts'

export const vmRouter = router({
  list: procedure
    .input(vmListQuery)
    .output(vmList)
    .query(({ ctx, input }) => listVms(ctx.service, input)),
  count: procedure
    .input(vmListQuery.pick({ hypervisor: true, search: true }))
    .output(vmCounts)
    .query(({ ctx, input }) => countVms(ctx.service, input)),
  read: procedure
    .input(byId)
    .output(vmDetail)
    .query(({ ctx, input }) => readVm(ctx.service, input)),
})
