import type { NamespaceReport, Report, RouteCheckReport } from '@slashzero/contract'
import { formatLabels } from './format-labels.ts'
import { measure } from './metric.ts'
import type { Family } from './metric.ts'
import * as metrics from './report-metrics.ts'

/** All that a report saw, and nothing that it means. Every series of a machine with 2,000 taps is some 26,000. */
export function describeReport(report: Report): Family[] {
  const names = nameNamespaces(report.namespaces)
  const namespaces = report.namespaces.map((namespace) => ({ ...namespace, labels: { namespace: names.get(namespace.id) ?? '' } }))
  const senders = namespaces.flatMap(({ labels, senders: all }) => {
    return all.map((sender) => ({ ...sender, labels: { ...labels, daemon: sender.daemon, pid: String(sender.pid) } }))
  })
  const sockets = senders.flatMap(({ labels, sockets: all }) => all.map((socket) => labelled({ ...labels, inode: String(socket.inode) }, socket)))
  const taps = namespaces.flatMap(({ labels, taps: all }) => {
    return all.map((tap) => ({ ...tap, labels: { ...labels, tap: tap.name, ifindex: String(tap.ifindex) } }))
  })
  const checks = report.routeChecks.map((check) => ({ ...check, labels: { ...labelVm(check.vm), method: check.method } }))
  return [
    ...measure(metrics.PASS, [labelled({}, report)]),
    ...measure(metrics.NAMESPACE, namespaces.map((namespace) => labelled(namespace.labels, namespace))),
    ...measure(metrics.SENDER_INFO, senders.map((sender) => labelled({ ...sender.labels, version: sender.version ?? '' }, sender))),
    ...measure(metrics.SENDER, senders.map((sender) => labelled(sender.labels, sender))),
    ...measure(metrics.SOCKET, sockets),
    ...measure(metrics.TAP_INFO, taps.map((tap) => labelled({ ...tap.labels, kind: tap.kind, ...labelVm(tap.vm) }, tap))),
    ...measure(metrics.TAP, taps.map((tap) => labelled(tap.labels, tap))),
    ...measure(metrics.ROUTE_STATE, checks.flatMap(({ labels, defaultRoute }) => {
      return STATES.map((state) => labelled({ ...labels, state }, defaultRoute === state))
    })),
    ...measure(metrics.ROUTE, checks.map((check) => labelled(check.labels, check))),
    ...measure(metrics.PROBE, report.runs.map((run) => labelled({ probe: run.probe }, run))),
  ]
}

function labelled<Subject>(labels: Readonly<Record<string, string>>, subject: Subject): [string, Subject] {
  return [formatLabels(labels), subject]
}

function labelVm(vm: RouteCheckReport['vm'] | null): { vm: string; vm_uuid: string } {
  return { vm: vm?.name ?? '', vm_uuid: vm?.uuid ?? '' }
}

/** A namespace without a name is called as `lsns` and links in `/proc/PID/ns` call it; so is the second of two with one name. */
function nameNamespaces(namespaces: readonly NamespaceReport[]): Map<number, string> {
  const taken = new Set<string>()
  return new Map(namespaces.map(({ id, name }) => {
    const label = name === null ? `net:[${id}]` : taken.has(name) ? `${name} net:[${id}]` : name
    taken.add(label)
    return [id, label]
  }))
}

const STATES: readonly RouteCheckReport['defaultRoute'][] = ['present', 'absent', 'expired', 'unknown']
