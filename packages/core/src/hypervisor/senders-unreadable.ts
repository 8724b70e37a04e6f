import type { Report } from '@slashzero/contract'

/** Probes of a collector without which a sender can be overlooked. */
const SENDER_PROBES = new Set(['senders', 'processes', 'namespaces'])

/** Why senders could not be looked for, from the failed run of the probe that does; null where it did not fail. */
export function sendersUnreadable(report: Report): string | null {
  const failed = report.runs.find((run) => run.outcome === 'failed' && SENDER_PROBES.has(run.probe))
  return failed ? (failed.error ?? `the probe ${failed.probe} failed and gave no reason`) : null
}

/** Daemons that were seen alive but whose sockets could not be found. */
export function socketlessSenders(report: Report): string[] {
  const senders = report.namespaces.flatMap((namespace) => namespace.senders)
  const socketless = senders.filter((sender) => sender.sockets.length === 0)
  return [...new Set(socketless.map((sender) => sender.daemon))]
}
