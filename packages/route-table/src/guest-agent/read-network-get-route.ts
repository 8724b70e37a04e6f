import { decideDefaultRoute, unknownRoute } from '../default-route.ts'
import type { Candidate, DefaultRoute } from '../default-route.ts'
import { judgeKernelRoute } from '../linux/read-proc-ipv6-route.ts'
import { readAddress } from '../read-address.ts'
import { isRecord, numberField, textField } from '../read-json.ts'
import { createTunnelFinder, describeTunnel } from '../windows/find-tunnel.ts'
import type { TunnelFinder, WindowsRoute } from '../windows/find-tunnel.ts'

/**
 * Reads `guest-network-get-route` (QEMU 9.1 on Linux, 10.3 on Windows; qga/qapi-schema.json). On Linux the agent drops
 * the first line, so absence is proven only if the rejecting ::/0 appears twice, for `local` and `main`.
 */
export function readNetworkGetRoute(value: unknown): DefaultRoute {
  if (!Array.isArray(value)) return unknownRoute('the agent gave no list of routes')
  const findTunnel = createTunnelFinder(value.filter(isRecord).map(toRoute))
  const candidates: Candidate[] = []
  let rows = 0
  let windows = false
  for (const entry of value) {
    if (!isRecord(entry) || numberField(entry, 'version') !== 6) continue
    rows += 1
    const flags = numberField(entry, 'flags')
    windows ||= flags === null
    if (textField(entry, 'desprefixlen') !== '0' || !isUnspecified(textField(entry, 'destination'))) continue
    candidates.push(toCandidate(entry, flags, findTunnel))
  }
  const proof = windows ? rows > 0 : candidates.filter((one) => one.state === 'rejecting').length > 1
  const route = decideDefaultRoute(candidates, { proof, failure: null })
  if (route.state !== 'unknown' || rows === 0) return route
  return unknownRoute('the agent leaves out the first route of its list, which may be the default route')
}

function toRoute(entry: Record<string, unknown>): WindowsRoute {
  const nexthop = textField(entry, 'nexthop')
  return {
    interfaceId: textField(entry, 'iface') ?? '',
    prefix: `${textField(entry, 'destination')}/${textField(entry, 'desprefixlen')}`,
    gateway: nexthop === null || isUnspecified(nexthop) ? null : readAddress(nexthop),
  }
}

function toCandidate(entry: Record<string, unknown>, flags: number | null, findTunnel: TunnelFinder): Candidate {
  const route = toRoute(entry)
  const facts = {
    gateway: route.gateway,
    interfaceName: textField(entry, 'iface'),
    // An unsigned 32-bit metric that the agent prints as a signed number.
    metric: (numberField(entry, 'metric') ?? 0) >>> 0,
  }
  if (flags !== null) return judgeKernelRoute({ ...facts, flags })
  const tunnel = findTunnel(route)
  const judged =
    tunnel === null
      ? ({ state: 'present', reason: null } as const)
      : ({ state: 'unused', reason: describeTunnel(tunnel) } as const)
  return { ...facts, ...judged, origin: null, expiresInSeconds: null, order: 0 }
}

function isUnspecified(address: string | null): boolean {
  return address !== null && /^[0:]+$/.test(address)
}
