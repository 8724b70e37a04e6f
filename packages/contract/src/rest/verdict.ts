import { z } from 'zod'

/** What the server says of a hypervisor, from best to worst known; `silent` and `not-measurable` say that it cannot tell. */
export const hypervisorStatus = z.enum([
  'healthy',
  'not-measurable',
  'leaking',
  'at-risk',
  'silent',
  'joins-blocked',
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

export type HypervisorStatus = z.output<typeof hypervisorStatus>
export type TapStatus = z.output<typeof tapStatus>
export type RouteStatus = z.output<typeof routeStatus>
