import type { ConfigurationSummary } from '@slashzero/contract/rest'
import { formatCount, formatNumber } from '../../ui/words/format-count.ts'

type Group = ConfigurationSummary['groups'][number]

/** What a sender advertises on a group of interfaces with equal settings, in words. */
export function describeGroup(group: Group): string {
  return `${interfacesOf(group)}: ${settingsOf(group)}${prefixesOf(group)}.`
}

/** How many interfaces are in groups beyond the listed ones; null if there are none. */
export function describeRest({ interfaces, groups }: ConfigurationSummary): string | null {
  const rest = interfaces - groups.reduce((sum, group) => sum + group.interfaces, 0)
  return rest === 0 ? null : `${formatCount(rest, 'more interface')}, each with its own settings.`
}

function interfacesOf({ interfaces, names }: Group): string {
  const shown = names.join(', ')
  if (interfaces === names.length) return shown
  return `${formatCount(interfaces, 'interface')} (${shown}, …)`
}

function settingsOf({
  sendsAdverts,
  unicastOnly,
  minIntervalSeconds: min,
  maxIntervalSeconds: max,
  routerLifetimeSeconds: lifetime,
  defaultRouteSeconds: option,
  clients,
  refusals,
}: Group): string {
  if (!sendsAdverts) return 'sends no Router Advertisement'
  if (refusals?.some(({ before }) => before === undefined))
    return `the sender refuses ${refusals.map((one) => `${one.option} ${formatNumber(one.value)}`).join(' and ')}`
  const route =
    option === undefined ? describeLifetime('router lifetime', lifetime) : describeLifetime('lifetime of ::/0', option)
  const clientsOnly = clients === undefined ? '' : `, only to ${formatCount(clients, 'client')}`
  const when = unicastOnly
    ? 'sent only in response to a solicitation'
    : `sent every ${formatNumber(min)} to ${formatNumber(max)}\u00a0s`
  return `${route}, ${when}${clientsOnly}`
}

/** Null: without end. */
function describeLifetime(what: string, seconds: number | null): string {
  if (seconds === null) return `${what} without end`
  return seconds === 0 ? `${what} 0 s, which gives no ::/0` : `${what} ${formatNumber(seconds)}\u00a0s`
}

function prefixesOf({ prefixes, firstPrefixes }: Group): string {
  if (prefixes === 0) return ', no prefix'
  const more = prefixes > firstPrefixes.length ? ', …' : ''
  return `, ${formatCount(prefixes, 'prefix', 'prefixes')} (${firstPrefixes.join(', ')}${more})`
}
