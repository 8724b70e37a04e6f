/** The interface, the destination and the next hop (null on-link), if the command shows them. */
export type WindowsRoute = { readonly interfaceId: string; readonly prefix: string; readonly gateway: string | null }

/** Names the tunnel over IPv4 that a default route leads into; null if the route leads into no tunnel. */
export type TunnelFinder = (route: WindowsRoute) => string | null

/**
 * Windows makes default routes into tunnels over IPv4 by itself, without a router; Teredo's mostly if there is no other
 * default route. Addresses tell the tunnels (RFC 4380, 3056, 5214); Teredo shows by another route of its interface.
 */
export function createTunnelFinder(routes: readonly WindowsRoute[]): TunnelFinder {
  const teredo = new Set(
    routes
      .filter(({ prefix, gateway }) => prefix === '2001::/32' && gateway === null)
      .map(({ interfaceId }) => interfaceId),
  )
  return ({ interfaceId, gateway }) => {
    if (gateway === null) return teredo.has(interfaceId) ? 'Teredo' : null
    if (gateway.startsWith('2002:')) return '6to4'
    return /^fe80:.*:5efe:/.test(gateway) ? 'ISATAP' : null
  }
}

/** Why such a route does not make the machine reachable. */
export function describeTunnel(name: string): string {
  return `the only default route leads into a tunnel over IPv4 (${name})`
}
