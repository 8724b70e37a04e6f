import { showBytes } from '@slashzero/linux'
import type { Link } from '@slashzero/linux'
import type { NamespaceReport } from '@slashzero/contract/report'
import { deriveOnce } from '../derive-once.ts'
import type { RunRecorder } from '../probes/record-runs.ts'
import type { ListenersOf } from '../probes/configuration/read-configurations.ts'
import type { Tap } from '../probes/namespace/read-taps.ts'
import type { Survey } from '../probes/namespace/survey-namespace.ts'

/** The listeners for which a pass reads configurations. */
export function listListeners(surveys: readonly Survey[]): ListenersOf {
  const byNamespace = new Map(
    surveys.map(({ namespace, links, taps, unjoined }) => {
      const heard = listHeard(taps)
      const others = new Set([...unjoined].filter((name) => !heard.has(name)))
      return [namespace.id, { heard, unjoined: others, mtus: listMtus(links ?? NO_LINKS) }]
    }),
  )
  return (namespace) => byNamespace.get(namespace) ?? { heard: new Set(), unjoined: new Set(), mtus: new Map() }
}

const NO_LINKS: readonly Link[] = []

const listHeard = deriveOnce((taps: readonly Tap[]): ReadonlySet<string> => {
  return new Set(taps.flatMap(({ listener }) => listener ?? []))
})

const listMtus = deriveOnce((links: readonly Link[]): ReadonlyMap<string, number> => {
  return new Map(links.flatMap(({ name, mtu }) => (mtu === null ? [] : [[showBytes(name), mtu]])))
})

/**
 * Adds each macvtap and veth that the configuration of a sender names and that no daemon has joined. The join may have
 * failed on a full socket, and the tap would then vanish from the report.
 */
export function addNamedTaps(
  surveys: readonly Survey[],
  namespaces: readonly NamespaceReport[],
  runs: RunRecorder,
): Survey[] {
  const senders = new Map(namespaces.map((namespace) => [namespace.id, namespace.senders]))
  return surveys.map((survey) => {
    if (survey.unjoined.size === 0) return survey
    const configurations = senders.get(survey.namespace.id)?.flatMap(({ configuration }) => configuration ?? []) ?? []
    const served = configurations.flatMap(({ interfaces }) => interfaces.filter(({ sendsAdverts }) => sendsAdverts))
    const named = new Set(served.map(({ name }) => name).filter((name) => survey.unjoined.has(name)))
    if (named.size === 0) return survey
    return { ...survey, taps: runs.attempt('links', () => survey.readNamed(named), survey.taps) }
  })
}
