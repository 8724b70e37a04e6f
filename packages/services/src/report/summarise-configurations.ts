import type { NamespaceReport, SenderConfiguration } from '@slashzero/contract/report'
import type { ConfigurationSummary } from '@slashzero/contract/page'
import type { StoredConfiguration } from '@slashzero/db'

const GROUPS_KEPT = 8
const NAMES_KEPT = 3
const PREFIXES_KEPT = 3

/** What the senders of a report are configured to say, as short as a page shows it: a host may have thousands of interfaces. */
export function summariseConfigurations(namespaces: readonly NamespaceReport[]): StoredConfiguration[] {
  return namespaces.flatMap(({ id: namespaceId, senders }) =>
    senders.flatMap(({ pid, configuration }) =>
      configuration ? [{ namespaceId, pid, summary: summarise(configuration) }] : [],
    ),
  )
}

function summarise({ interfaces, ...file }: SenderConfiguration): ConfigurationSummary {
  const alike = Object.values(
    Object.groupBy(interfaces, ({ name: _name, prefixes: _prefixes, ...settings }) => JSON.stringify(settings)),
  )
  const groups = alike.flatMap((group) => (group?.[0] ? [toGroup(group[0], group)] : []))
  return {
    ...file,
    interfaces: interfaces.length,
    groups: groups.toSorted((one, other) => other.interfaces - one.interfaces).slice(0, GROUPS_KEPT),
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
    names: group.slice(0, NAMES_KEPT).map(({ name }) => name),
    prefixes: prefixes.length,
    firstPrefixes: prefixes.slice(0, PREFIXES_KEPT),
  }
}

type Interface = SenderConfiguration['interfaces'][number]
