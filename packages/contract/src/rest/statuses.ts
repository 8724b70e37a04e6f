/**
 * The server's verdict on a hypervisor, best first. `no-sender`: the daemon that taps had or need is gone. `silent` and
 * `not-measurable` say that the server cannot tell.
 */
export const HYPERVISOR_STATUSES = [
  'healthy',
  'not-measurable',
  'leaking',
  'at-risk',
  'silent',
  'joins-blocked',
  'no-sender',
  'sends-blocked',
] as const

export const TAP_STATUSES = [
  'served',
  'not-joined',
  'unanswered-solicitations',
  'sends-blocked',
  'no-sender',
  'unknown',
] as const

export const ROUTE_STATUSES = ['ok', 'expiring', 'missing', 'unknown'] as const

export type HypervisorStatus = (typeof HYPERVISOR_STATUSES)[number]
export type TapStatus = (typeof TAP_STATUSES)[number]
export type RouteStatus = (typeof ROUTE_STATUSES)[number]

/** The orders of severity: SQL, core and pages sort by these lists. */
export const hypervisorStatusesWorstFirst: readonly HypervisorStatus[] = HYPERVISOR_STATUSES.toReversed()
export const tapStatusesWorstFirst: readonly TapStatus[] = [
  'no-sender',
  'not-joined',
  'unanswered-solicitations',
  'sends-blocked',
  'unknown',
  'served',
]
export const routeStatusesWorstFirst: readonly RouteStatus[] = ['missing', 'expiring', 'unknown', 'ok']
