import type { TapReport } from '@slashzero/contract/report'

/**
 * How many daemons have joined ff02::2 on this interface: its users without the kernel, which joins when forwarding is
 * on (`addrconf_join_solict` and `dev_forward_change`, net/ipv6/addrconf.c). Null if either is unknown.
 */
export function joinedDaemons({
  allRoutersUsers,
  forwarding,
}: Pick<TapReport, 'allRoutersUsers' | 'forwarding'>): number | null {
  if (allRoutersUsers === null || forwarding === null) return null
  return Math.max(0, allRoutersUsers - (forwarding ? 1 : 0))
}
