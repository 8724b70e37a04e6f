import { findFilter } from '../tap/find-filter.ts'
import { endOf } from '../tap/read-advertisements.ts'
import { figure, moment } from '../wording/figures.ts'
import { explainByRestart } from './explain-by-restart.ts'
import type { Loss } from './explain-by-restart.ts'
import { findHostFault } from './find-host-fault.ts'

/** A guest has this long to make a route of an advertisement before the advertisement counts as ignored. */
const REACTION = 5000

/**
 * Why a VM's route is missing or about to end; null if unknown. The guest's own reason comes first, then a fault of the
 * host that began before the loss, then what may have ended the route. A later fault only keeps the route away.
 */
export function explainMissing(loss: Loss): string | null {
  const { route, taps, sockets } = loss
  const own = explainByRoutes(loss)
  const fault = findHostFault(loss)
  if (fault !== null && !fault.isLate && own === null) return fault.sentence
  const places = new Set(taps.map((tap) => tap.namespaceId))
  const near = [...places].flatMap((place) => sockets.get(place) ?? [])
  const isRadvd = near.every(({ daemon }) => daemon === 'radvd')
  const causes = [
    own,
    // What harms the taps now may be the fault itself, or as late.
    ...(fault === null ? taps.map(({ memory }) => memory.harmful ?? null) : []),
    explainByGuest(loss),
    ...taps.map((tap) => (tap.status === 'served' && isRadvd ? findFilter(tap) : null)),
    explainByRestart(loss, near),
  ]
  const cause = causes.find((words) => words !== null) ?? null
  if (fault === null) return cause
  const kept = `he route cannot ${route.status === 'missing' ? 'return' : 'be renewed'} because ${fault.clause}`
  return cause === null ? `T${kept}` : `${cause}; t${kept}`
}

/**
 * Why the guest's own routes hold no usable ::/0, such as a route of type unreachable. A probe from outside sees no
 * reason.
 */
function explainByRoutes({ route, check }: Loss): string | null {
  if (route.status !== 'missing' || check?.defaultRoute !== 'absent' || check.method === 'off-link-probe') return null
  return check.reason === null ? null : `In the guest, ${check.reason}`
}

/** An advertisement that was seen on its way to the guest, and that made no route there. */
function explainByGuest({ route, check, taps }: Loss): string | null {
  if (route.status !== 'missing' || check === null || check.method === 'off-link-probe') return null
  if (check.defaultRoute === 'present') return null
  const ignored = taps
    .flatMap((tap) => tap.advertisements ?? [])
    .find(
      (one) =>
        one.direction === 'sent' && one.seenAt + REACTION <= check.checkedAt && check.checkedAt + REACTION < endOf(one),
    )
  if (!ignored) return null
  const { source, seenAt, routerLifetimeSeconds } = ignored
  return `The guest does not use the Router Advertisements that reach it: the last, from ${source} at ${moment(seenAt)}, gives a default route for ${figure(routerLifetimeSeconds)} s`
}
