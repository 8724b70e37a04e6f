import type { Report } from '@slashzero/contract/report'

/** Probes of a collector without which a sender can be overlooked. */
const SENDER_PROBES = new Set(['senders', 'processes', 'namespaces'])
/** Probes of a collector without which a namespace seems to have no taps. */
const TAP_PROBES = new Set(['links', 'namespaces'])

/** Why senders could not all be looked for; null where they could. */
export function sendersUnreadable(report: Report): string | null {
  return failureOf(report, SENDER_PROBES)
}

/** Why taps could not all be looked for; null where they could. */
export function tapsUnreadable(report: Report): string | null {
  return failureOf(report, TAP_PROBES)
}

/** The namespaces whose interfaces could not be read, by id, and why. */
export function readUnread({ unreadNamespaces = [] }: Report): ReadonlyMap<number, string> {
  return new Map(unreadNamespaces.map(({ id, reason }) => [id, reason]))
}

function failureOf({ runs }: Report, probes: ReadonlySet<string>): string | null {
  const failed = runs.find((run) => run.outcome === 'failed' && probes.has(run.probe))
  return failed ? (failed.error ?? `the probe ${failed.probe} failed and gave no reason`) : null
}
