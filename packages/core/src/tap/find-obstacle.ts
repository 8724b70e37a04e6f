import type { TapState } from '../state.ts'

/**
 * What keeps every sender from advertising on a listener, which is the tap or its bridge; null if nothing is known to.
 * A sender needs a link-local address that duplicate address detection has passed (RFC 4861, 4.2; RFC 4862, 5.4).
 */
export function findObstacle(
  { ipv6Disabled, linkLocals }: Pick<TapState, 'ipv6Disabled' | 'linkLocals'>,
  listener: string,
): string | null {
  if (ipv6Disabled === true) return `IPv6 is off on ${listener} (disable_ipv6)`
  if (!linkLocals || linkLocals.some(({ state }) => state === 'usable')) return null
  const [first] = linkLocals
  if (first === undefined) return `${listener} has no link-local address to advertise from`
  const duplicate = linkLocals.find(({ state }) => state === 'duplicate')
  return duplicate
    ? `another machine uses the address ${duplicate.address} of ${listener} (duplicate address detection failed)`
    : null
}
