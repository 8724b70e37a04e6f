import { fleetCounts, fleetPage, fleetPageQuery, fleetSkyline, fleetSummary } from '@slashzero/contract/page'
import { countFleet, listFleet, readSkyline, readSummary } from '@slashzero/services'
import { procedure, router } from './procedure.ts'

export const fleetRouter = router({
  summary: procedure.output(fleetSummary).query(({ ctx }) => readSummary(ctx.service)),
  page: procedure
    .input(fleetPageQuery)
    .output(fleetPage)
    .query(({ ctx, input }) => listFleet(ctx.service, input)),
  counts: procedure
    .input(fleetPageQuery.pick({ search: true }))
    .output(fleetCounts)
    .query(({ ctx, input }) => countFleet(ctx.service, input)),
  skyline: procedure.output(fleetSkyline).query(({ ctx }) => readSkyline(ctx.service)),
})
