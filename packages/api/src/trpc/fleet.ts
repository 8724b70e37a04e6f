import { fleet } from '@slashzero/contract/page'
import { readFleet } from '@slashzero/services'
import { procedure, router } from './procedure.ts'

export const fleetRouter = router({
  read: procedure.output(fleet).query(({ ctx }) => readFleet(ctx.service)),
})
