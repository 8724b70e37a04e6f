import type { HypervisorStatus, TapStatus } from '@slashzero/contract/rest'
import type { Countdown, RouteCheckState, RouteVerdict, SocketsByNamespace, TapState } from '../state.ts'
import { routeEnd } from '../tap/read-advertisements.ts'
import type { RouteEnd } from '../tap/read-advertisements.ts'

export type CountdownFacts = {
  readonly verdict: Pick<RouteVerdict, 'status' | 'expiresAt'>
  /** The check that decided the verdict. */
  readonly check: RouteCheckState | null
  /** The VM's taps. */
  readonly taps: readonly TapState[]
  readonly sockets: SocketsByNamespace
}

/**
 * When a VM's default route ends without another advertisement; null if missing, endless or unknown. The guest's own
 * answer comes first, unless an advertisement was sent since; otherwise the latest end of all taps, as an estimate.
 */
export function countDown({ verdict, check, taps, sockets }: CountdownFacts): Countdown | null {
  if (verdict.status === 'missing') return null
  const advertisedSince = check !== null && taps.some(({ memory }) => (memory.advertisedAt ?? 0) > check.checkedAt)
  if (verdict.expiresAt !== null && check !== null && !advertisedSince) {
    return { endsAt: verdict.expiresAt, basis: 'guest', renewable: isRenewable(taps, sockets) }
  }
  const ends = taps.map(routeEnd)
  if (ends.includes(null)) return null
  const last = ends.reduce<RouteEnd | null>(
    (latest, end) => (end === null || end === 'none' || (latest && latest.endsAt >= end.endsAt) ? latest : end),
    null,
  )
  if (last === null || (check?.defaultRoute === 'present' && contradicts(check, last))) return null
  return { endsAt: last.endsAt, basis: last.basis, renewable: isRenewable(taps, sockets) }
}

/** A route that outlived the end, or leads elsewhere, comes from an advertisement that is not known here. */
function contradicts({ checkedAt, gateway }: RouteCheckState, { endsAt, routers }: RouteEnd): boolean {
  if (checkedAt > endsAt) return true
  // An advertisement makes a route by a link-local address (RFC 4861, 6.3.4).
  return gateway !== null && (!/^fe[89ab]/i.test(gateway) || (routers.length > 0 && !routers.includes(gateway)))
}

/** Whether a hypervisor or a tap with this status may need advertisements that its sender cannot send. */
export function isMute(status: HypervisorStatus | TapStatus): boolean {
  return status === 'sends-blocked' || status === 'no-sender'
}

/** Whether the host sends no advertisement on the tap, on which it did before. */
function hasGoneMute({ status, routerAdvertsOut }: TapState): boolean {
  return isMute(status) && (status !== 'no-sender' || (routerAdvertsOut ?? 0) > 0)
}

function isRenewable(taps: readonly TapState[], sockets: SocketsByNamespace): boolean {
  if (taps.length > 0 && taps.every(hasGoneMute)) return false
  let all = 0
  for (const { namespaceId } of taps) {
    const near = sockets.get(namespaceId) ?? []
    if (near.some(({ sendsBlocked }) => sendsBlocked !== true)) return true
    all += near.length
  }
  return all === 0
}
