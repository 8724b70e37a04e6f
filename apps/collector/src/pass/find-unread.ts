import type { NamespaceReport, Report } from '@slashzero/contract/report'
import type { Namespace } from '../probes/namespace/list-namespaces.ts'
import type { Survey } from '../probes/namespace/survey-namespace.ts'

type Unread = NonNullable<Report['unreadNamespaces']>

/**
 * Names the namespaces whose interfaces a pass could not read, if they still exist and had something to report at their
 * last reading. Call the function once a pass, with the namespaces that were listed, surveyed and reported.
 */
export function createUnreadFinder(): (
  listed: readonly Namespace[],
  surveys: readonly Survey[],
  reported: readonly NamespaceReport[],
) => Unread {
  let full = new Set<number>()
  return (listed, surveys, reported) => {
    const surveyed = new Map(surveys.map((survey) => [survey.namespace.id, survey]))
    const unread = listed.flatMap(({ id, name }): Unread => {
      if (!full.has(id)) return []
      const survey = surveyed.get(id)
      if (survey === undefined) return [{ id, name, reason: 'the pass had no time left to read it' }]
      return survey.links === null ? [{ id, name, reason: 'its interfaces could not be read' }] : []
    })
    const read = reported.filter(({ id }) => (surveyed.get(id)?.links ?? null) !== null)
    full = new Set([...read, ...unread].map(({ id }) => id))
    return unread
  }
}
