export type * from './state.ts'
export { judgeReport } from './hypervisor/judge-report.ts'
export { judgeTime } from './hypervisor/judge-time.ts'
