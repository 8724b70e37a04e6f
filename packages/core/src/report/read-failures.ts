import { mayHide, type Report } from '@slashzero/contract/report'

/** Why some senders may be hidden; null if all could be read. */
export function sendersUnreadable(report: Report): string | null {
  return failureOf(report, 'senders')
}

/** Why some taps may be hidden; null if all could be read. */
export function tapsUnreadable(report: Report): string | null {
  return failureOf(report, 'taps')
}

/** The namespaces whose interfaces could not be read, by id, and why. */
export function readUnread({ unreadNamespaces = [] }: Report): ReadonlyMap<number, string> {
  return new Map(unreadNamespaces.map(({ id, reason }) => [id, reason]))
}

function failureOf({ runs }: Report, what: 'senders' | 'taps'): string | null {
  const failed = runs.find((run) => run.outcome === 'failed' && mayHide(run.probe, what))
  return failed ? (failed.error ?? `the probe ${failed.probe} failed and gave no reason`) : null
}
