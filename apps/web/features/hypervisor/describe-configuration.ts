import type { ConfigurationSummary } from '@slashzero/contract/page'
import { formatCount, formatNumber } from '../../ui/words/format-count.ts'

type Group = ConfigurationSummary['groups'][number]

/** What a sender is configured to say on interfaces that are alike, in words. */
export function describeGroup(group: Group): string {
  return `${interfacesOf(group)}: ${saidOf(group)}${prefixesOf(group)}.`
}

/** How many interfaces are in groups that are not told; null where none is. */
export function describeRest({ interfaces, groups }: ConfigurationSummary): string | null {
  const rest = interfaces - groups.reduce((sum, group) => sum + group.interfaces, 0)
  return rest === 0 ? null : `${formatCount(rest, 'more interface')}, each with settings of its own.`
}

function interfacesOf({ interfaces, names }: Group): string {
  const shown = names.join(', ')
  if (interfaces === names.length) return shown
  return `${formatCount(interfaces, 'interface')} (${shown}, …)`
}

function saidOf({
  sendsAdverts,
  unicastOnly,
  minIntervalSeconds: least,
  maxIntervalSeconds: most,
  routerLifetimeSeconds: lifetime,
}: Group): string {
  if (!sendsAdverts) return 'no Router Advertisement is sent'
  const route =
    lifetime === 0 ? 'router lifetime 0 s, which makes no ::/0' : `router lifetime ${formatNumber(lifetime)}\u00a0s`
  const when = unicastOnly
    ? 'sent to those alone who solicit'
    : `sent every ${formatNumber(least)} to ${formatNumber(most)}\u00a0s`
  return `${route}, ${when}`
}

function prefixesOf({ prefixes, firstPrefixes }: Group): string {
  if (prefixes === 0) return ', no prefix'
  const more = prefixes > firstPrefixes.length ? ', …' : ''
  return `, ${formatCount(prefixes, 'prefix', 'prefixes')} (${firstPrefixes.join(', ')}${more})`
}
