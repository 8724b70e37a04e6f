import { z } from 'zod'
import { HYPERVISOR_STATUSES, ROUTE_STATUSES, TAP_STATUSES } from './statuses.ts'

export const hypervisorStatus = z.enum(HYPERVISOR_STATUSES)
export const tapStatus = z.enum(TAP_STATUSES)
export const routeStatus = z.enum(ROUTE_STATUSES)

/**
 * Where the end of a route comes from: the guest's own check, an advertisement seen on its tap, or a counted one with
 * the configured lifetime.
 */
export const countdownBasis = z.enum(['guest', 'seen', 'configured'])

export type CountdownBasis = z.output<typeof countdownBasis>
