export type { GuestRouteChecker, GuestRouteCheckerOptions, GuestVm } from './guest-route-checker.ts'
