import {
  arrivals,
  arrivalsQuery,
  demoRemoved,
  demoStatus,
  enrolmentToken,
  enrolmentTokenRequest,
  watched,
} from '@slashzero/contract/page'
import { createEnrolmentToken, listArrivals } from '@slashzero/services'
import { dropDemo, loadDemo } from '../demo/load-demo.ts'
import { readDemoStatus } from '../demo/read-demo-status.ts'
import { apiTokenRouter } from './api-token.ts'
import { fleetRouter } from './fleet.ts'
import { hypervisorRouter } from './hypervisor.ts'
import { procedure, router } from './procedure.ts'
import { setupRouter } from './setup.ts'
import { vmRouter } from './vm.ts'
import { vmTokenRouter } from './vm-token.ts'

/** Every query and mutation of the dashboard. */
export const appRouter = router({
  fleet: fleetRouter,
  hypervisor: hypervisorRouter,
  vm: vmRouter,
  vmToken: vmTokenRouter,
  enrolment: router({
    createToken: procedure
      .input(enrolmentTokenRequest)
      .output(enrolmentToken)
      .mutation(({ ctx, input }) => createEnrolmentToken(ctx.service, input)),
    arrivals: procedure
      .input(arrivalsQuery)
      .output(arrivals)
      .query(({ ctx, input }) => listArrivals(ctx.service, input)),
  }),
  apiToken: apiTokenRouter,
  setup: setupRouter,
  demo: router({
    status: procedure.output(demoStatus).query(({ ctx }) => readDemoStatus(ctx.service, ctx.demoLoader)),
    load: procedure.output(demoStatus).mutation(({ ctx }) => loadDemo(ctx.service, ctx.demoLoader)),
    remove: procedure.output(demoRemoved).mutation(({ ctx }) => dropDemo(ctx.service, ctx.demoLoader)),
  }),
  live: router({
    /** Changes of what the page watches, from now on; about one message a second. */
    watch: procedure
      .input(watched)
      .subscription(({ ctx, input, signal }) => ctx.watch(ctx.actor.userId, input, signal ?? AbortSignal.timeout(0))),
  }),
})

export type AppRouter = typeof appRouter
