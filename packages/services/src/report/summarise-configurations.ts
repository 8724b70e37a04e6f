import type { ConfigurationSummary } from '@slashzero/contract/rest'
import type { NamespaceReport, SenderConfiguration } from '@slashzero/contract/report'
import type { StoredConfiguration } from '@slashzero/db'

const MAX_GROUPS = 8
const MAX_NAMES = 3
const MAX_PREFIXES = 3

/** Summarises the configurations of a report's senders for a page: a host may have thousands of interfaces. */
export function summariseConfigurations(namespaces: readonly NamespaceReport[]): StoredConfiguration[] {
  return namespaces.flatMap(({ id: namespaceId, senders }) =>
    senders.flatMap(({ pid, configuration }) =>
      configuration ? [{ namespaceId, pid, summary: recall(configuration) }] : [],
    ),
  )
}

/** A delta leaves a configuration the same object, and 100 interfaces take 60 µs to summarise. */
const summaries = new WeakMap<SenderConfiguration, ConfigurationSummary>()

function recall(configuration: SenderConfiguration): ConfigurationSummary {
  const known = summaries.get(configuration)
  if (known !== undefined) return known
  const summary = summarise(configuration)
  summaries.set(configuration, summary)
  return summary
}

function summarise({ interfaces, ...file }: SenderConfiguration): ConfigurationSummary {
  const alike = Object.values(
    Object.groupBy(interfaces, ({ name: _name, prefixes: _prefixes, ...settings }) => JSON.stringify(settings)),
  )
  const groups = alike.flatMap((group) => (group?.[0] ? [toGroup(group[0], group)] : []))
  return {
    ...file,
    interfaces: interfaces.length,
    groups: groups.toSorted((one, other) => other.interfaces - one.interfaces).slice(0, MAX_GROUPS),
  }
}

function toGroup(
  { name: _name, prefixes: _prefixes, ...settings }: Interface,
  group: readonly Interface[],
): ConfigurationSummary['groups'][number] {
  const prefixes = [...new Set(group.flatMap((one) => one.prefixes.map(({ prefix }) => prefix)))]
  return {
    ...settings,
    interfaces: group.length,
    names: group.slice(0, MAX_NAMES).map(({ name }) => name),
    prefixes: prefixes.length,
    firstPrefixes: prefixes.slice(0, MAX_PREFIXES),
  }
}

type Interface = SenderConfiguration['interfaces'][number]
