export { createGuestRouteChecker } from './create-guest-route-checker.ts'
export type { GuestRouteChecker, GuestRouteCheckerOptions, GuestVm } from './guest-route-checker.ts'
export { readLibvirtAccess } from './libvirt/create-libvirt-agents.ts'
export { MEMBER } from './libvirt/open-connection.ts'
