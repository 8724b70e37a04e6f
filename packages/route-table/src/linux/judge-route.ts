import { SECOND_ROUND } from '../default-route.ts'
import type { Candidate, DefaultRoute } from '../default-route.ts'
import { onlyMain } from './read-ip-rule.ts'
import type { TableOrder } from './read-ip-rule.ts'

export type NextHop = { readonly gateway: string | null; readonly interfaceName: string | null; readonly dead: boolean }

/** A route to `::/0` in a list of iproute2 or busybox. */
export type ListedRoute = {
  readonly type: string
  readonly hops: readonly NextHop[]
  readonly table: string
  /** Whether only packets from some source addresses may use the route. */
  readonly sourceSpecific: boolean
  /** Who added the route; null if the source never says. */
  readonly protocol: string | null
  readonly metric: number
  readonly expired: boolean
  readonly expiresInSeconds: number | null
}

/**
 * The effect of a listed default route on each look-up, by its type, lifetime, next hop and the rules for its table.
 */
export function toCandidates(route: ListedRoute, tables: TableOrder | null): Candidate[] {
  // Older kernels list their own answer to a failed look-up, in no table: there is no other route.
  if (route.type === 'unreachable' && route.metric === 0xffff_ffff) return []
  const hop = route.hops.find((one) => !one.dead) ?? route.hops[0]
  const facts = {
    gateway: hop?.gateway ?? null,
    interfaceName: hop?.interfaceName ?? null,
    origin: toOrigin(route),
    expiresInSeconds: route.expiresInSeconds,
    // The kernel prefers routes for the packet's source address, whatever their metric.
    metric: route.metric - (route.sourceSpecific ? 2 ** 32 : 0),
  }
  const { visits, reason } = (tables ?? onlyMain)(route.table)
  if (visits.length === 0) return [{ ...facts, state: 'unused', reason, order: 0 }]
  return visits
    .filter(({ order }) => !route.sourceSpecific || order >= SECOND_ROUND)
    .map(({ order, suppressed }) => Object.assign(judge(route, hop, suppressed), facts, { order }))
}

function judge(route: ListedRoute, hop: NextHop | undefined, suppressed: boolean): Pick<Candidate, 'state' | 'reason'> {
  if (route.type !== 'unicast') {
    return {
      state: route.type === 'throw' ? 'passing' : 'rejecting',
      reason: `the default route is of type ${route.type}`,
    }
  }
  if (route.expired) return { state: 'expired', reason: 'the route is still listed, but its lifetime has ended' }
  if (hop?.dead === true) return { state: 'unused', reason: 'the next hop of the default route is dead' }
  if (!suppressed) return { state: 'present', reason: null }
  return { state: 'passing', reason: `the rule for table ${route.table} passes over its default route` }
}

/** Kernels before 4.17 mark advertised routes as the kernel's own, with a lifetime. */
function toOrigin({ protocol, expiresInSeconds }: ListedRoute): DefaultRoute['origin'] {
  if (protocol === 'ra' || (protocol === 'kernel' && expiresInSeconds !== null)) return 'ra'
  if (protocol === 'dhcp') return 'dhcp'
  return protocol === null || protocol === 'kernel' ? null : 'static'
}
