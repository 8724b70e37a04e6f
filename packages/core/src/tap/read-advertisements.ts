import type { CountdownBasis } from '@slashzero/contract/rest'
import type { AdvertisementState, TapState } from '../state.ts'
import { figure, moment } from '../wording/figures.ts'

/** Problems that the advertisements on a tap show, in words; null without a problem. */
export type AdvertisementFindings = {
  /** Why the VM can lose its default route. */
  readonly harmful: string | null
  /** Why VMs may use a wrong router. */
  readonly suspicious: string | null
}

const NOTHING: AdvertisementFindings = { harmful: null, suspicious: null }

/** An advertisement without a route is shown for radvd's default lifetime. */
export const SHOWN_MILLISECONDS = 1_800_000

/** Finds problems in the advertisements that were seen on a tap and are still relevant at `at`. */
export function readAdvertisements(
  advertisements: readonly AdvertisementState[] | null,
  at: number,
): AdvertisementFindings {
  if (advertisements === null || advertisements.length === 0) return NOTHING
  const told = advertisements.filter((one) => at < Math.max(endOf(one), one.seenAt + SHOWN_MILLISECONDS))
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
 * The latest end of a default route learnt from the advertisements sent on a tap; null if unknown or endless.
 * `advertisedAt` also counts an unseen advertisement, with the lifetime seen last or else the configured lifetime.
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
  // No advertisement went out, so there is no route.
  return routerAdvertsOut === 0 ? 'none' : null
}

export type RouteEnd = {
  readonly endsAt: number
  /** Whether the lifetime comes from a seen advertisement or from the sender's configuration. */
  readonly basis: Exclude<CountdownBasis, 'guest'>
  /** The link-local addresses that a route may lead to; empty if no advertisement was seen. */
  readonly routers: readonly string[]
}

/** A router lifetime is at most 65,535 s; the lifetime of a route information option may be longer or endless. */
const FOREVER = Date.UTC(2100, 0)

/** When a default route learnt from the advertisement ends. */
export function endOf({ seenAt, routerLifetimeSeconds }: AdvertisementState): number {
  return seenAt + routerLifetimeSeconds * 1000
}

function findHarm(sent: readonly AdvertisementState[], routers: readonly AdvertisementState[]): string | null {
  const ended = sent.find(({ routerLifetimeSeconds }) => routerLifetimeSeconds === 0)
  if (ended && routers.length === 0) {
    return `the last Router Advertisement here, from ${ended.source} at ${moment(ended.seenAt)}, had router lifetime 0, which ends the default route: the sender stopped, or is configured so`
  }
  // The route of a router that advertises too rarely is missing when the route has ended.
  const rare = sent.find(
    ({ sincePreviousSeconds, routerLifetimeSeconds: lifetime }) =>
      lifetime > 0 && sincePreviousSeconds !== null && sincePreviousSeconds > lifetime,
  )
  if (!rare || routers.some((one) => one !== rare)) return null
  const pause = figure(Math.round(rare.sincePreviousSeconds ?? 0))
  return `Router Advertisements from ${rare.source} came ${pause} s apart, but a default route lasts only ${figure(rare.routerLifetimeSeconds)} s and ends in between`
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
