import type { NamespaceReport, Report, RouteCheckReport } from '@slashzero/contract/report'
import { formatLabel, joinLabels } from './format-label.ts'
import { keepUnique, measure } from './metric.ts'
import type { Family } from './metric.ts'
import * as metrics from './report-metrics.ts'

/** Everything a report saw, without verdicts: about 13 series for a tap and its VM. */
export function describeReport(report: Report): Family[] {
  const namespaces = labelNamespaces(report.namespaces)
  const senders = keepUnique(
    namespaces.flatMap(([labels, namespace]) => {
      return namespace.senders.map(
        (sender) =>
          [joinLabels(labels, formatLabel('daemon', sender.daemon), formatLabel('pid', sender.pid)), sender] as const,
      )
    }),
  )
  const sockets = senders.flatMap(([labels, sender]) => {
    return sender.sockets.map(
      (socket) =>
        [
          joinLabels(labels, formatLabel('inode', socket.inode)),
          { ...socket, membershipBytes: report.membershipBytes },
        ] as const,
    )
  })
  const taps = keepUnique(
    namespaces.flatMap(([labels, namespace]) => {
      return namespace.taps.map(
        (tap) => [joinLabels(labels, formatLabel('tap', tap.name), formatLabel('ifindex', tap.ifindex)), tap] as const,
      )
    }),
  )
  const checks = keepUnique(
    report.routeChecks.map(
      (check) => [joinLabels(labelVm(check.vm), formatLabel('method', check.method)), check] as const,
    ),
  )
  return [
    ...measure(metrics.PASS, [['', report]]),
    ...measure(metrics.NAMESPACE, namespaces),
    ...measure(
      metrics.SENDER_INFO,
      senders.map(([labels, sender]) => [joinLabels(labels, formatLabel('version', sender.version ?? '')), sender]),
    ),
    ...measure(metrics.SENDER, senders),
    ...measure(metrics.SOCKET, keepUnique(sockets)),
    ...measure(
      metrics.TAP_INFO,
      taps.map(([labels, tap]) => [joinLabels(labels, formatLabel('kind', tap.kind), labelVm(tap.vm)), tap]),
    ),
    ...measure(metrics.TAP, taps),
    ...measure(
      metrics.ADVERTISEMENT,
      taps.flatMap(([labels, { advertisements }]) => {
        const latest = DIRECTIONS.map((direction) => advertisements?.find((one) => one.direction === direction))
        return latest.flatMap((one) =>
          one === undefined ? [] : [[joinLabels(labels, formatLabel('direction', one.direction)), one] as const],
        )
      }),
    ),
    ...measure(
      metrics.ROUTE_STATE,
      checks.flatMap(([labels, { defaultRoute }]) => {
        return STATES.map((state) => [`${labels},state="${state}"`, state === defaultRoute] as const)
      }),
    ),
    ...measure(metrics.ROUTE, checks),
    ...measure(metrics.PROBE, keepUnique(report.runs.map((run) => [formatLabel('probe', run.probe), run] as const))),
  ]
}

/**
 * A namespace without a name gets the name of the link in `/proc/PID/ns`. So does the second namespace with the same
 * name.
 */
function labelNamespaces(namespaces: readonly NamespaceReport[]): (readonly [string, NamespaceReport])[] {
  const taken = new Set<string>()
  return namespaces.map((namespace) => {
    const { id, name } = namespace
    const label = name === null ? `net:[${id}]` : taken.has(name) ? `${name} net:[${id}]` : name
    taken.add(label)
    return [formatLabel('namespace', label), namespace]
  })
}

function labelVm(vm: RouteCheckReport['vm'] | null): string {
  return vm === null ? '' : joinLabels(formatLabel('vm', vm.name), formatLabel('vm_uuid', vm.uuid ?? ''))
}

/** Only the latest of each direction: a guest can pretend to be any number of routers. */
const DIRECTIONS = ['sent', 'received'] as const

const STATES: readonly RouteCheckReport['defaultRoute'][] = ['present', 'absent', 'expired', 'unknown']
