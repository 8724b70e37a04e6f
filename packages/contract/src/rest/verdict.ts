import { z } from 'zod'

/**
 * The server's verdict on a hypervisor, best first. `no-sender`: the daemon that taps had or need is gone. `silent` and
 * `not-measurable` say that the server cannot tell.
 */
export const hypervisorStatus = z.enum([
  'healthy',
  'not-measurable',
  'leaking',
  'at-risk',
  'silent',
  'joins-blocked',
  'no-sender',
  'sends-blocked',
])
export const tapStatus = z.enum([
  'served',
  'not-joined',
  'unanswered-solicitations',
  'sends-blocked',
  'no-sender',
  'unknown',
])
export const routeStatus = z.enum(['ok', 'expiring', 'missing', 'unknown'])

/**
 * Where the end of a route comes from: the guest's own check, an advertisement seen on its tap, or a counted one with
 * the configured lifetime.
 */
export const countdownBasis = z.enum(['guest', 'seen', 'configured'])

export type CountdownBasis = z.output<typeof countdownBasis>
export type HypervisorStatus = z.output<typeof hypervisorStatus>
export type TapStatus = z.output<typeof tapStatus>
export type RouteStatus = z.output<typeof routeStatus>

/** The orders of severity: SQL, core and pages sort by these lists. */
export const hypervisorStatusesWorstFirst: readonly HypervisorStatus[] = hypervisorStatus.options.toReversed()
export const tapStatusesWorstFirst: readonly TapStatus[] = [
  'no-sender',
  'not-joined',
  'unanswered-solicitations',
  'sends-blocked',
  'unknown',
  'served',
]
export const routeStatusesWorstFirst: readonly RouteStatus[] = ['missing', 'expiring', 'unknown', 'ok']
