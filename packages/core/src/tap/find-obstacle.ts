import type { TapState } from '../state.ts'
import { moment } from '../wording/figures.ts'

/** By default, detection takes one to two seconds (RFC 4862, 5.1); ten leave room for a loaded host. */
export const DETECTION_GRACE = 10_000

/**
 * What keeps every sender from advertising on a listener, which is the tap or its bridge; null if nothing is known to.
 * A sender needs a link-local address that duplicate address detection has passed (RFC 4861, 4.2; RFC 4862, 5.4).
 */
export function findObstacle(
  { ipv6Disabled, linkLocals }: Pick<TapState, 'ipv6Disabled' | 'linkLocals'>,
  listener: string,
  tentative: number | null,
  at: number,
): string | null {
  if (ipv6Disabled === true) return `IPv6 is off on ${listener} (disable_ipv6)`
  if (!linkLocals || linkLocals.some(({ state }) => state === 'usable')) return null
  const [first] = linkLocals
  if (first === undefined) return `${listener} has no link-local address to advertise from`
  const duplicate = linkLocals.find(({ state }) => state === 'duplicate')
  if (duplicate) {
    return `another machine uses the address ${duplicate.address} of ${listener} (duplicate address detection failed)`
  }
  if (tentative === null || at - tentative < DETECTION_GRACE) return null
  return `the address ${first.address} of ${listener} has been tentative since ${moment(tentative)} (duplicate address detection does not end)`
}

/** Since when the only link-local addresses of a tap are tentative, as of `at`; null if they are not. */
export function tentativeSince({ linkLocals, memory }: Pick<TapState, 'linkLocals' | 'memory'>, at: number) {
  if (!linkLocals || linkLocals.length === 0) return null
  return linkLocals.every(({ state }) => state === 'tentative') ? (memory.tentativeSince ?? at) : null
}
