import { decideDefaultRoute, unknownRoute } from '../default-route.ts'
import type { Candidate, DefaultRoute } from '../default-route.ts'
import { isPrefix, readAddress } from '../read-address.ts'
import { field, isRecord, numberField, parseJson, textField } from '../read-json.ts'
import { createTunnelFinder, describeTunnel } from './find-tunnel.ts'
import type { TunnelFinder, WindowsRoute } from './find-tunnel.ts'

/**
 * Reads `Get-NetRoute -AddressFamily IPv6 | ConvertTo-Json` (MSFT_NetRoute): object, list, or list in "value"
 * (PowerShell 5). Ignores PersistentStore and Windows's own tunnels. Only an advertised default route has a lifetime.
 */
export function readGetNetRoute(text: string): DefaultRoute {
  const parsed = parseJson(text)
  const printed = isRecord(parsed) ? (field(parsed, 'value') ?? parsed) : parsed
  const entries = isRecord(printed) ? [printed] : printed
  if (!Array.isArray(entries)) return unknownRoute('the output is not JSON of routes')
  const findTunnel = createTunnelFinder(entries.filter(isRecord).map(toRoute))
  const candidates: Candidate[] = []
  let failure: string | null = null
  for (const [index, entry] of entries.entries()) {
    const destination = isRecord(entry) ? (textField(entry, 'DestinationPrefix') ?? '') : ''
    if (!isRecord(entry) || !isPrefix(destination))
      failure ??= `entry ${index + 1} is not a route: its "DestinationPrefix" is not an IPv6 prefix`
    else if (!/^[0:]+\/0$/.test(destination) || !isActive(entry)) continue
    else if (readAddress(textField(entry, 'NextHop') ?? '') === null)
      failure ??= `entry ${index + 1} is not a route: its "NextHop" is not an IPv6 address`
    else candidates.push(toCandidate(entry, findTunnel))
  }
  return decideDefaultRoute(candidates, { proof: entries.length > 0, failure })
}

function isActive(entry: Record<string, unknown>): boolean {
  const store = field(entry, 'Store')
  return store !== 0 && store !== 'PersistentStore'
}

function toRoute(entry: Record<string, unknown>): WindowsRoute {
  const gateway = readAddress(textField(entry, 'NextHop') ?? '')
  const prefix = textField(entry, 'DestinationPrefix') ?? ''
  return {
    interfaceId: String(field(entry, 'ifIndex') ?? field(entry, 'InterfaceIndex')),
    prefix,
    gateway: gateway === '::' ? null : gateway,
  }
}

function toCandidate(entry: Record<string, unknown>, findTunnel: TunnelFinder): Candidate {
  const lifetime = readLifetime(field(entry, 'ValidLifetime'))
  const route = toRoute(entry)
  const facts = {
    gateway: route.gateway,
    interfaceName: textField(entry, 'InterfaceAlias'),
    origin: lifetime === null ? null : ('ra' as const),
    expiresInSeconds: lifetime,
    order: 0,
    metric: (numberField(entry, 'RouteMetric') ?? 0) + (numberField(entry, 'InterfaceMetric') ?? 0),
  }
  const tunnel = findTunnel(route)
  if (tunnel !== null) return { ...facts, state: 'unused', reason: describeTunnel(tunnel) }
  const expired = lifetime !== null && lifetime <= 0
  return {
    ...facts,
    state: expired ? 'expired' : 'present',
    reason: expired ? 'the route is still listed, but its lifetime has ended' : null,
  }
}

/** Whole seconds of a TimeSpan; null for its largest value, which means: no end. */
function readLifetime(value: unknown): number | null {
  const seconds = isRecord(value) ? numberField(value, 'TotalSeconds') : null
  return seconds === null || seconds > 0xffff_ffff ? null : Math.floor(seconds)
}
