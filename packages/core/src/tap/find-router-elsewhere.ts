import type { AdvertisementState, Senderless, TapState } from '../state.ts'
import { endOf } from './read-advertisements.ts'

/** A router on the link of a tap that is not this host. */
export type RouterElsewhere = {
  readonly address: string
  /** When its latest advertisement left for the VM; null if only the VM's gateway shows the router. */
  readonly seenAt: number | null
}

type Facts = Pick<TapState, 'name' | 'linkLocals' | 'advertisements' | 'routerAdvertsOut' | 'countedOn'>

/**
 * The router elsewhere that an advertisement or the gateway of the VM's present route shows; null if none is certain.
 * `gone`: null while a sender runs; without own addresses, only a later advertisement counts.
 */
export function findRouterElsewhere(
  tap: Facts,
  listener: string | null | undefined,
  findGateway: () => string | null,
  gone: Senderless | null,
  at: number,
): RouterElsewhere | null {
  const { linkLocals, routerAdvertsOut, countedOn } = tap
  const isForeign = (address: string): boolean | null =>
    linkLocals ? linkLocals.every((own) => own.address !== address) : null
  const isNew = ({ seenAt }: AdvertisementState) => gone !== null && seenAt > gone.since
  const seen = (tap.advertisements ?? []).find(
    (one) =>
      one.direction === 'sent' &&
      one.routerLifetimeSeconds > 0 &&
      at < endOf(one) &&
      (isForeign(one.source) ?? isNew(one)),
  )
  if (seen) return { address: seen.source, seenAt: seen.seenAt }
  const gateway = mayLeadElsewhere(tap, gone) ? findGateway() : null
  if (gateway === null) return null
  const neverSent = routerAdvertsOut === 0 && listener === (countedOn ?? tap.name)
  return (isForeign(gateway) ?? neverSent) ? { address: gateway, seenAt: null } : null
}

/**
 * Whether the gateway of a VM may show a router elsewhere. The lost route of a host that has advertised may be the
 * host's own, whatever the remembered gateway.
 */
export function mayLeadElsewhere(
  { routerAdvertsOut }: Pick<TapState, 'routerAdvertsOut'>,
  gone: Senderless | null,
): boolean {
  return (gone?.sender ?? null) === null && (routerAdvertsOut ?? 0) === 0
}
