export { parseListenAddress } from './parse-listen-address.ts'
export { startMetrics } from './start-metrics.ts'
export type { ListenAddress } from './serve-page.ts'
