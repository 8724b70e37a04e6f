import { apiTokenRouter } from './api-token.ts'
import { demoRouter } from './demo.ts'
import { enrolmentRouter } from './enrolment.ts'
import { fleetRouter } from './fleet.ts'
import { hypervisorRouter } from './hypervisor.ts'
import { liveRouter } from './live.ts'
import { router } from './procedure.ts'
import { setupRouter } from './setup.ts'
import { vmRouter } from './vm.ts'
import { vmTokenRouter } from './vm-token.ts'

/** Every query and mutation of the dashboard. */
export const appRouter = router({
  fleet: fleetRouter,
  hypervisor: hypervisorRouter,
  vm: vmRouter,
  vmToken: vmTokenRouter,
  enrolment: enrolmentRouter,
  apiToken: apiTokenRouter,
  setup: setupRouter,
  demo: demoRouter,
  live: liveRouter,
})

export type AppRouter = typeof appRouter
