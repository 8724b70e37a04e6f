import type { VmResource } from '@slashzero/contract/rest'

/**
 * Why a VM's route is as it is, in words: the cause first, then what the check found. The finding alone repeats the
 * status, so a missing route without a known cause says so.
 */
export function describeWhy({ cause, route }: Pick<VmResource, 'cause' | 'route'>): string[] {
  const unknown = route.status === 'missing' ? 'The cause is not known: the hypervisor shows no reason.' : null
  return [cause ?? unknown, route.reason].filter((text) => text !== null)
}
