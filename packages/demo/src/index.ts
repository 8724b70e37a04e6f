export { compressReports, enrolHost, SendError, sendBody } from './delivery/send-reports.ts'
export { createRandom } from './fleet/create-random.ts'
export { type HostPlan, planHost } from './fleet/plan-host.ts'
export { simulateHost } from './host/simulate-host.ts'
