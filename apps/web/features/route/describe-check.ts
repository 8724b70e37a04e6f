import type { VmResource } from '@slashzero/contract/rest'
import type { RouteCheckMethod } from '@slashzero/contract/report'

type Check = VmResource['route']['checks'][number]

export const methodNames: Record<RouteCheckMethod, string> = {
  'guest-agent': 'guest agent',
  'off-link-probe': 'off-link probe',
  pushed: 'pushed by the guest',
}

const findings: Record<Check['defaultRoute'], string> = {
  present: 'present',
  absent: 'absent',
  expired: 'expired',
  unknown: 'could not tell',
}

/** The finding of a check in words. An off-link probe sees no table: it gets an answer or none. */
export function findingOf({ method, defaultRoute }: Pick<Check, 'method' | 'defaultRoute'>): string {
  if (method !== 'off-link-probe') return findings[defaultRoute]
  return defaultRoute === 'present' ? 'an answer' : defaultRoute === 'absent' ? 'no answer' : findings[defaultRoute]
}
