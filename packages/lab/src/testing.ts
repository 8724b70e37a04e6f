// The door for the lab tests of other rooms.
export { type BareGuest, connectGuest } from './bare-hypervisor/connect-guest.ts'
export { type BareHypervisor, startBareHypervisor } from './bare-hypervisor/start.ts'
export { until } from './cell/until.ts'
