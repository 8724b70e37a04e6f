import type { Candidate, DefaultRoute } from '../default-route.ts'
import type { TableOrder } from './read-ip-rule.ts'

export type NextHop = { readonly gateway: string | null; readonly interfaceName: string | null; readonly dead: boolean }

/** A route to `::/0` in a list of iproute2 or busybox. */
export type ListedRoute = {
  readonly type: string
  readonly hops: readonly NextHop[]
  readonly table: string
  /** Who added the route; null if the source never says. */
  readonly protocol: string | null
  readonly metric: number
  readonly expired: boolean
  readonly expiresInSeconds: number | null
}

/** The effect of a listed default route on a look-up, by its type, lifetime, next hop and the rules for its table. */
export function toCandidate(route: ListedRoute, tables: TableOrder | null): Candidate {
  const hop = route.hops.find((one) => !one.dead) ?? route.hops[0]
  const place = (tables ?? onlyMain)(route.table)
  return {
    ...judge(route, hop, place),
    gateway: hop?.gateway ?? null,
    interfaceName: hop?.interfaceName ?? null,
    origin: toOrigin(route),
    expiresInSeconds: route.expiresInSeconds,
    order: place?.order ?? 0,
    metric: route.metric,
  }
}

function judge(
  route: ListedRoute,
  hop: NextHop | undefined,
  place: ReturnType<TableOrder>,
): Pick<Candidate, 'state' | 'reason'> {
  // Older kernels list their own answer to a failed look-up, in no table: there is no other route.
  if (route.type === 'unreachable' && route.metric === 0xffff_ffff) return { state: 'unused', reason: null }
  if (place === null)
    return { state: 'unused', reason: `the default route is in table ${route.table}, which no rule reaches` }
  if (route.type !== 'unicast') {
    const reason = `the default route is of type ${route.type}`
    if (!place.everyPacket) return { state: 'unused', reason }
    return { state: route.type === 'throw' ? 'passing' : 'rejecting', reason }
  }
  if (route.expired) return { state: 'expired', reason: 'the route is still listed, but its lifetime has ended' }
  return hop?.dead === true
    ? { state: 'unused', reason: 'the next hop of the default route is dead' }
    : { state: 'present', reason: null }
}

const onlyMain: TableOrder = (table) => (table === 'main' ? { order: 0, everyPacket: true } : null)

/** Kernels before 4.17 mark advertised routes as the kernel's own, with a lifetime. */
function toOrigin({ protocol, expiresInSeconds }: ListedRoute): DefaultRoute['origin'] {
  if (protocol === 'ra' || (protocol === 'kernel' && expiresInSeconds !== null)) return 'ra'
  if (protocol === 'dhcp') return 'dhcp'
  return protocol === null || protocol === 'kernel' ? null : 'static'
}
