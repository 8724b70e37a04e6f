import type { AdvertisementState, TapState } from '../state.ts'
import { figure, moment } from '../wording/figures.ts'

/** What the advertisements that were seen on a tap say against it, in words; null where they say nothing. */
export type AdvertisementFindings = {
  /** What can leave its VM without a default route. */
  readonly harmful: string | null
  /** What may lead VMs astray. */
  readonly suspicious: string | null
}

/** An advertisement without a route is told of for as long as radvd's default lifetime. */
const TOLD = 1_800_000

export function readAdvertisements(
  advertisements: readonly AdvertisementState[] | null,
  at: number,
): AdvertisementFindings {
  const told = (advertisements ?? []).filter((one) => at < Math.max(endOf(one), one.seenAt + TOLD))
  const sent = told.filter(({ direction }) => direction === 'sent')
  const routers = sent.filter((one) => one.routerLifetimeSeconds > 0 && at < endOf(one))
  const received = told.filter(({ direction }) => direction === 'received')
  const suspicions = [
    received.length === 0 ? null : describeRogue(received),
    routers.length < 2 ? null : describeRivals(routers),
  ]
  return { harmful: findHarm(sent, routers), suspicious: suspicions.filter((one) => one !== null).join('; ') || null }
}

/**
 * When a default route ends that was learnt from the last advertisement sent on a tap, if none comes; null where that is not known, or
 * it does not end. It is the latest possible end: an advertisement that was sent need not have been heard. `advertisedAt` counts what
 * was not seen, with the lifetime that was seen last, or the configured one where none was.
 */
export function routeEnd({
  advertisements,
  memory,
  routerAdvertsOut,
}: Pick<TapState, 'advertisements' | 'memory' | 'routerAdvertsOut'>): RouteEnd | 'none' | null {
  const sent = (advertisements ?? []).filter(({ direction }) => direction === 'sent')
  const { advertisedAt, configuredLifetime = null } = memory
  const last = sent.reduce<AdvertisementState | null>(
    (latest, one) => (latest !== null && latest.seenAt >= one.seenAt ? latest : one),
    null,
  )
  const lifetime = last?.routerLifetimeSeconds ?? configuredLifetime
  const basis = last === null ? 'configured' : 'seen'
  const unseen = advertisedAt !== null && lifetime !== null && (last === null || advertisedAt > last.seenAt + 1000)
  const ends = [...sent.map(endOf), ...(unseen ? [advertisedAt + lifetime * 1000] : [])]
  const endsAt = Math.max(...ends)
  if (ends.length > 0) return endsAt > FOREVER ? null : { endsAt, basis, routers: sent.map(({ source }) => source) }
  // Nothing has gone out that a route could have come from.
  return routerAdvertsOut === 0 ? 'none' : null
}

export type RouteEnd = {
  readonly endsAt: number
  /** Whether the lifetime was seen in an advertisement or is that of the sender's configuration. */
  readonly basis: 'seen' | 'configured'
  /** The link-local addresses that a route may lead to; none where they were not seen. */
  readonly routers: readonly string[]
}

/** No router lifetime is longer than 65,535 s; a route information option's is, or does not end. */
const FOREVER = Date.UTC(2100, 0)

function endOf({ seenAt, routerLifetimeSeconds }: AdvertisementState): number {
  return seenAt + routerLifetimeSeconds * 1000
}

function findHarm(sent: readonly AdvertisementState[], routers: readonly AdvertisementState[]): string | null {
  const ended = sent.find(({ routerLifetimeSeconds }) => routerLifetimeSeconds === 0)
  if (ended && routers.length === 0) {
    return `the last Router Advertisement here, from ${ended.source} at ${moment(ended.seenAt)}, had router lifetime 0, which ends the default route: a farewell, or the sender's configuration`
  }
  const rare = routers.find(
    ({ sincePreviousSeconds, routerLifetimeSeconds: lifetime }) =>
      sincePreviousSeconds !== null && sincePreviousSeconds > lifetime,
  )
  if (!rare || routers.length > 1) return null
  const pause = figure(Math.round(rare.sincePreviousSeconds ?? 0))
  return `Router Advertisements from ${rare.source} came ${pause} s apart, and a default route lasts ${figure(rare.routerLifetimeSeconds)} s, so that it ends between them`
}

function describeRogue(received: readonly AdvertisementState[]): string {
  const [first] = received
  const who = first ? `${first.source}${first.linkAddress === null ? '' : ` (${first.linkAddress})`}` : ''
  const others = received.length > 1 ? ` and ${received.length - 1} more` : ''
  const what =
    first && first.routerLifetimeSeconds > 0
      ? `router lifetime ${figure(first.routerLifetimeSeconds)} s`
      : 'router lifetime 0'
  return `the VM sends Router Advertisements itself, as ${who}${others}, ${what}`
}

function describeRivals(routers: readonly AdvertisementState[]): string {
  return `${routers.length} routers advertise here: ${routers.map(({ source, linkAddress }) => `${source}${linkAddress === null ? '' : ` (${linkAddress})`}`).join(' and ')}`
}
