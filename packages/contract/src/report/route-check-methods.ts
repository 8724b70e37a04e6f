/** How a collector learns whether a VM has a default route. */
export const ROUTE_CHECK_METHODS = ['guest-agent', 'off-link-probe', 'pushed'] as const

export type RouteCheckMethod = (typeof ROUTE_CHECK_METHODS)[number]
