import { describeLine, unknownRoute } from '../default-route.ts'
import type { DefaultRoute } from '../default-route.ts'
import { readIpRoute } from './read-ip-route.ts'
import { readIpRule } from './read-ip-rule.ts'
import { readProcIpv6Route } from './read-proc-ipv6-route.ts'

/**
 * Reads a Linux guest's script: `#no-ipv6`, `#rule` (`ip -6 rule`), `#route` (`ip -6 route show default table all`),
 * `#exit` (status), `#error` (older scripts: in `#route`), `#proc` (/proc/net/ipv6_route, without `ip`), `#end`.
 */
export function readLinuxRoutes(text: string): DefaultRoute {
  const parts = new Map<string, string[]>()
  let lines: string[] = []
  for (const [index, line] of text.replaceAll('\r', '').split('\n').entries()) {
    if (line.startsWith('#')) parts.set(line.split(' ', 1)[0] ?? '', (lines = [line]))
    else if (parts.size > 0) lines.push(line)
    else if (line.trim() !== '') return unknownRoute(describeLine(index, line, 'is before the first heading'))
  }
  const bodyOf = (heading: string): string | undefined => parts.get(heading)?.slice(1).concat('').join('\n')
  const [routes, proc] = [bodyOf('#route'), bodyOf('#proc')]
  if (routes === undefined || !parts.has('#exit') || !parts.has('#end'))
    return unknownRoute("the guest's answer was cut off")
  if (parts.has('#no-ipv6')) return { ...unknownRoute('IPv6 is off in the guest'), state: 'absent' }
  if (proc !== undefined) return readProcIpv6Route(proc)
  const rules = readIpRule(bodyOf('#rule') ?? '')
  if (rules.failure !== null) return unknownRoute(`ip -6 rule: ${rules.failure}`)
  const complete = parts.get('#exit')?.[0] === '#exit 0'
  const route = readIpRoute(routes, { tables: rules.tables, complete })
  const error = (parts.get('#error')?.[1] ?? '').trim()
  return route.state === 'unknown' && !complete && error !== ''
    ? unknownRoute(`ip -6 route: ${error.slice(0, 200)}`)
    : route
}
