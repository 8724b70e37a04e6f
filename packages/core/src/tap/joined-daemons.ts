import type { TapReport } from '@slashzero/contract/report'

/**
 * How many daemons have joined ff02::2 on this interface: users above base, the base being the one that the kernel holds itself
 * where forwarding is on (`addrconf_join_solict` and `dev_forward_change`, net/ipv6/addrconf.c). Null where either is unknown.
 */
export function joinedDaemons({
  allRoutersUsers,
  forwarding,
}: Pick<TapReport, 'allRoutersUsers' | 'forwarding'>): number | null {
  if (allRoutersUsers === null || forwarding === null) return null
  return Math.max(0, allRoutersUsers - (forwarding ? 1 : 0))
}
