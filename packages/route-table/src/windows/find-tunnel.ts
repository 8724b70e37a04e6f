/** As far as a command shows it: which interface, where to, and the next hop, null on-link. */
export type WindowsRoute = { readonly interfaceId: string; readonly prefix: string; readonly gateway: string | null }

/** Tells the tunnel over IPv4 that a default route leads into; null for none. */
export type TunnelFinder = (route: WindowsRoute) => string | null

/**
 * Windows makes default routes into tunnels over IPv4 by itself, without any router: by Teredo most of all where no other default route is.
 * Each shows by its addresses (RFC 4380, 3056, 5214), that of Teredo by another route of its interface.
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

/** Why such a route is none by which the machine is reached. */
export function describeTunnel(name: string): string {
  return `the only default route leads into a tunnel over IPv4 (${name})`
}
