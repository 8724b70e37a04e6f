import {
  byId,
  vmCounts,
  vmDetail,
  vmFilter,
  vmList,
  vmListQuery,
  vmPage,
  vmPageQuery,
  vmTally,
} from '@slashzero/contract/page'
import { countVms, listVms, pageVms, readVm, tallyVms } from '@slashzero/services'
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
