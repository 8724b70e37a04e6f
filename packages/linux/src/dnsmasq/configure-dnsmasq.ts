import type { RadvdInterface } from '../radvd/parse-radvd-conf.ts'
import { matchNames } from './match-names.ts'
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
 * Says what dnsmasq advertises on an interface, defaults included (radv.c, option.c and network.c of 2.90); null if
 * nothing. Takes all options in the order in which dnsmasq reads them. Throws ShapeError with the line. A range of
 * addresses serves the interfaces that have an address in the range; no file lists the addresses, so here the range
 * counts for all interfaces.
 */
export function configureDnsmasq(options: readonly DnsmasqOption[]): (name: string) => ConfiguredInterface | null {
  const given = (...names: string[]) => options.filter(({ name }) => names.includes(name))
  const listed = (...names: string[]) =>
    matchNames(given(...names).flatMap(({ value }) => (value ?? '').split(',').map((one) => one.trim())))
  const isListed = listed('interface')
  const isExcepted = listed('except-interface', 'no-dhcp-interface', 'no-dhcpv6-interface')
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
  const restricted = given('interface').length > 0

  return (name) => {
    if (advertised.length === 0 || (restricted && isListed(name) === -1) || isExcepted(name) !== -1) return null
    const { intervalSeconds, lifetimeSeconds } = parameters[findParameters(name)] ?? {
      intervalSeconds: 600,
      lifetimeSeconds: 1800,
    }
    const own = advertised.filter((_, place) => templates[place]?.(name) === 0)
    return {
      name,
      sendsAdverts: own.length > 0,
      unicastOnly: false,
      minIntervalSeconds: intervalSeconds * 0.75,
      maxIntervalSeconds: intervalSeconds,
      routerLifetimeSeconds: lifetimeSeconds,
      prefixes: own.flatMap(({ prefix, onLink, autonomous, deprecated, leaseSeconds }) => {
        if (prefix === null) return []
        // The lease time is an upper bound on the lifetime of the address.
        const ends = leaseSeconds === null ? Infinity : Math.max(leaseSeconds, 3 * intervalSeconds)
        return [
          { prefix, onLink, autonomous, validLifetimeSeconds: ends, preferredLifetimeSeconds: deprecated ? 0 : ends },
        ]
      }),
    }
  }
}
