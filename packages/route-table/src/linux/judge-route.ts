import type { Candidate, DefaultRoute } from '../default-route.ts'
import type { ReachedTables } from './read-ip-rule.ts'

export type NextHop = { readonly gateway: string | null; readonly interfaceName: string | null; readonly dead: boolean }

/** A route to `::/0` as iproute2 and busybox list it. */
export type ListedRoute = {
  readonly type: string
  readonly hops: readonly NextHop[]
  readonly table: string
  /** Who added it; null where the source never says. */
  readonly protocol: string | null
  readonly metric: number
  readonly expired: boolean
  readonly expiresInSeconds: number | null
}

/** Whether a listed default route carries packets: of type unicast, alive, with a living next hop, in a table that rules reach. */
export function toCandidate(route: ListedRoute, tables: ReachedTables | null): Candidate {
  const hop = route.hops.find((one) => !one.dead) ?? route.hops[0]
  const facts = {
    gateway: hop?.gateway ?? null,
    interfaceName: hop?.interfaceName ?? null,
    origin: toOrigin(route),
    expiresInSeconds: route.expiresInSeconds,
    metric: route.metric,
  }
  const rejection = findRejection(route, hop, tables)
  if (rejection !== null) return { ...facts, state: 'rejected', reason: rejection }
  if (route.expired) return { ...facts, state: 'expired', reason: 'the route is still listed, but its lifetime has ended' }
  return { ...facts, state: 'present', reason: null }
}

function findRejection(route: ListedRoute, hop: NextHop | undefined, tables: ReachedTables | null): string | null {
  if (route.type !== 'unicast') return `the only default route is of type ${route.type}`
  if (hop?.dead === true) return 'the next hop of the only default route is dead'
  const reached = tables === null ? route.table === 'main' : tables(route.table)
  return reached ? null : `the only default route stands in table ${route.table}, which no rule reaches`
}

/** Kernels before 4.17 mark routes from advertisements as the kernel's own, with a lifetime. */
function toOrigin({ protocol, expiresInSeconds }: ListedRoute): DefaultRoute['origin'] {
  if (protocol === 'ra' || (protocol === 'kernel' && expiresInSeconds !== null)) return 'ra'
  if (protocol === 'dhcp') return 'dhcp'
  return protocol === null || protocol === 'kernel' ? null : 'static'
}
