export { createGuestRouteChecker } from './create-guest-route-checker.ts'
export type { GuestRouteChecker, GuestRouteCheckerOptions, GuestVm } from './guest-route-checker.ts'
