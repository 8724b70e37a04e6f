import type { RadvdInterface } from '../radvd/parse-radvd-conf.ts'
import { ShapeError } from '../text/shape-error.ts'
import { matchNames } from './match-names.ts'
import { isIpv4, parseAddress } from './parse-address.ts'
import { parseRange } from './parse-range.ts'
import { parseRaParameters } from './parse-ra-parameters.ts'
import type { DnsmasqOption } from './read-options.ts'

export type ConfiguredInterface = Pick<
  RadvdInterface,
  | 'name'
  | 'sendsAdverts'
  | 'unicastOnly'
  | 'minIntervalSeconds'
  | 'maxIntervalSeconds'
  | 'routerLifetimeSeconds'
  | 'prefixes'
>

/**
 * What dnsmasq advertises on an interface (radv.c, option.c, network.c of 2.90), from all options in its order; null
 * for nothing. Every range counts, for all interfaces, because no file lists addresses. Throws ShapeError.
 */
export function configureDnsmasq(options: readonly DnsmasqOption[]): (name: string) => ConfiguredInterface | null {
  const given = (...names: string[]) => options.filter(({ name }) => names.includes(name))
  const listed = (...names: string[]) => matchNames(given(...names).flatMap(({ values }) => values))
  const isListed = listed('interface')
  const isExcepted = listed('except-interface', 'no-dhcp-interface', 'no-dhcpv6-interface')
  // dnsmasq constructs no range on an interface without DHCPv4 (construct_worker, dhcp6.c).
  const isUnconstructed = listed('no-dhcpv4-interface')
  const addressed = given('listen-address').map(checkAddresses).length > 0
  const restricted = given('interface').length > 0
  const findBridge = readBridges(given('bridge-interface'))
  const ranges = given('dhcp-range')
    .map(parseRange)
    .filter((range) => range !== null)
  const enabled = given('enable-ra').length > 0
  const advertised = ranges.filter((range) => enabled || range.autonomous)
  const templates = advertised.map(({ template }) => matchNames([template ?? '*']))
  // If several options match, the last one counts.
  const parameters = given('ra-param')
    .map(parseRaParameters)
    .filter((one) => one !== null)
    .toReversed()
  const findParameters = matchNames(parameters.map(({ interfaces }) => interfaces))

  // dnsmasq checks names, and listen-address gives no name (iface_check, network.c).
  const isServed = (name: string) => (restricted ? isListed(name) !== -1 : !addressed) && isExcepted(name) === -1

  return (name) => {
    if (advertised.length === 0 || (restricted && isListed(name) === -1) || isExcepted(name) !== -1) return null
    // An alias is served with what belongs to its bridge.
    const origin = findBridge(name) ?? name
    const { intervalSeconds, lifetimeSeconds } = parameters[findParameters(origin)] ?? {
      intervalSeconds: 600,
      lifetimeSeconds: 1800,
    }
    const canConstruct = isServed(origin) && isUnconstructed(origin) === -1
    const own = advertised.filter(
      ({ prefix, template }, place) =>
        isServed(name) && prefix !== null && templates[place]?.(origin) === 0 && (template === null || canConstruct),
    )
    return {
      name,
      sendsAdverts: own.length > 0,
      unicastOnly: false,
      minIntervalSeconds: intervalSeconds * 0.75,
      maxIntervalSeconds: intervalSeconds,
      routerLifetimeSeconds: lifetimeSeconds,
      prefixes: own.map(({ prefix, onLink, autonomous, deprecated, leaseSeconds }) => {
        // The lease time is an upper bound on the lifetime of the address.
        const ends = leaseSeconds === null ? Infinity : Math.max(leaseSeconds, 3 * intervalSeconds)
        return {
          prefix: prefix ?? '',
          onLink,
          autonomous,
          validLifetimeSeconds: ends,
          preferredLifetimeSeconds: deprecated ? 0 : ends,
        }
      }),
    }
  }
}

function checkAddresses({ values, file, line }: DnsmasqOption): void {
  const wrong = values.find((text) => !isIpv4(text) && parseAddress(text) === null)
  if (wrong !== undefined) throw new ShapeError(file, line, 'IP addresses after listen-address', wrong)
}

/** The bridge of an alias, by `bridge-interface=BRIDGE,ALIAS,…`; undefined for other interfaces. */
function readBridges(options: readonly DnsmasqOption[]): (name: string) => string | undefined {
  const bridges = new Map<string, string[]>()
  for (const { value, values, file, line } of options) {
    const [bridge = '', ...aliases] = values
    if (aliases.length === 0 || bridge.length > LONGEST_NAME)
      throw new ShapeError(file, line, 'bridge-interface=BRIDGE,ALIAS', value ?? '')
    const known = bridges.get(bridge) ?? []
    for (const alias of aliases) if (alias.length <= LONGEST_NAME) known.push(alias)
    bridges.set(bridge, known)
  }
  // If several bridges match, the last one counts.
  const reversed = [...bridges].toReversed().map(([bridge, aliases]) => ({ bridge, matches: matchNames(aliases) }))
  return (name) => reversed.find(({ matches }) => matches(name) !== -1)?.bridge
}

/** IFNAMSIZ - 1 */
const LONGEST_NAME = 15
