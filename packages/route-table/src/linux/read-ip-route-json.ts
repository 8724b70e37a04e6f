import { decideDefaultRoute, unknownRoute } from '../default-route.ts'
import type { Candidate, DefaultRoute } from '../default-route.ts'
import { isPrefix, readAddress } from '../read-address.ts'
import { field, isRecord, numberField, parseJson, textField } from '../read-json.ts'
import { toCandidates } from './judge-route.ts'
import type { NextHop } from './judge-route.ts'
import type { TableOrder } from './read-ip-rule.ts'

/**
 * Reads `ip -6 -j route`, also `show table all` (iproute2 4.17). JSON that parses is whole, so a table with routes but
 * no `default` proves its absence; an empty table only if `complete` says that the output was filtered.
 */
export function readIpRouteJson(
  text: string,
  options: { tables?: TableOrder | null; complete?: boolean } = {},
): DefaultRoute {
  const routes = parseJson(text)
  if (!Array.isArray(routes)) return unknownRoute('the output is not a JSON list of routes')
  const candidates: Candidate[] = []
  let failure: string | null = null
  for (const [index, route] of routes.entries()) {
    const destination = isRecord(route) ? textField(route, 'dst') : null
    const isDefault = destination === 'default' || destination === '::/0'
    const found = isRecord(route) && isDefault ? readEntry(route, options.tables ?? null) : null
    if (found !== null) candidates.push(...found)
    else if (isDefault) failure ??= `entry ${index + 1} has no next hop`
    else if (destination === null || (!isPrefix(destination) && readAddress(destination) === null)) {
      failure ??= `entry ${index + 1} is not a route: its "dst" is ${destination === null ? 'missing' : 'not an IPv6 prefix'}`
    }
  }
  return decideDefaultRoute(candidates, { proof: options.complete === true || routes.length > 0, failure })
}

function readEntry(route: Record<string, unknown>, tables: TableOrder | null): Candidate[] | null {
  const nexthops = field(route, 'nexthops')
  const expires = numberField(route, 'expires')
  const type = textField(route, 'type') ?? 'unicast'
  const hops = [route, ...(Array.isArray(nexthops) ? nexthops : [])].flatMap(readHop)
  if (type === 'unicast' && hops.length === 0) return null
  return toCandidates(
    {
      type,
      hops,
      table: textField(route, 'table') ?? 'main',
      sourceSpecific: textField(route, 'from') !== null,
      protocol: textField(route, 'protocol') ?? 'boot',
      metric: numberField(route, 'metric') ?? 0,
      expired: expires !== null && expires <= 0,
      expiresInSeconds: expires,
    },
    tables,
  )
}

function readHop(entry: unknown): NextHop[] {
  if (!isRecord(entry)) return []
  const gateway = textField(entry, 'gateway')
  const interfaceName = textField(entry, 'dev')
  if (gateway === null && interfaceName === null) return []
  const flags = field(entry, 'flags')
  const dead = Array.isArray(flags) && flags.includes('dead')
  return [{ gateway: gateway === null ? null : readAddress(gateway), interfaceName, dead }]
}
