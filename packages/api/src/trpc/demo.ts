import { demoRemoved, demoStatus } from '@slashzero/contract/page'
import { dropDemo, loadDemo } from '../demo/load-demo.ts'
import { readDemoStatus } from '../demo/read-demo-status.ts'
import { procedure, router } from './procedure.ts'

export const demoRouter = router({
  status: procedure.output(demoStatus).query(({ ctx }) => readDemoStatus(ctx.service, ctx.demoLoader)),
  load: procedure.output(demoStatus).mutation(({ ctx }) => loadDemo(ctx.service, ctx.demoLoader)),
  remove: procedure.output(demoRemoved).mutation(({ ctx }) => dropDemo(ctx.service, ctx.demoLoader)),
})
