import type { DeliveryStatus } from '../deliver/delivery.ts'
import { formatLabel } from './format-label.ts'
import { measure } from './metric.ts'
import type { Family, Metric } from './metric.ts'

/** What the collector knows now about itself and about delivery. */
export function describeCollector(version: string, status: DeliveryStatus): Family[] {
  return [...measure(BUILD, [[formatLabel('version', version), null]]), ...measure(DELIVERY, [['', status]])]
}

const BUILD: readonly Metric<null>[] = [
  { name: 'slashzero_build_info', help: 'The collector, with its version.', read: () => 1 },
]

const DELIVERY: readonly Metric<DeliveryStatus>[] = [
  {
    name: 'slashzero_spool_reports',
    help: 'Reports that the server has not acknowledged yet.',
    read: ({ spooledReports }) => spooledReports,
  },
  {
    name: 'slashzero_spool_bytes',
    help: 'Size of these reports, compressed.',
    read: ({ spooledBytes }) => spooledBytes,
  },
  {
    name: 'slashzero_spool_on_disk',
    help: 'Whether reports are kept on disk. If not, the state directory is not writable, and unsent reports are lost when the collector ends.',
    read: ({ onDisk }) => onDisk,
  },
  {
    name: 'slashzero_reports_dropped_total',
    help: 'Reports dropped since the collector started: no space, refused by the server, or unreadable.',
    read: ({ droppedReports }) => droppedReports,
  },
  {
    name: 'slashzero_reports_acknowledged_total',
    help: 'Reports that the server acknowledged since the collector started.',
    read: ({ acknowledgedReports }) => acknowledgedReports,
  },
  {
    name: 'slashzero_last_acknowledged_timestamp_seconds',
    help: 'When the server last acknowledged a report. No series before the first acknowledgement since the collector started.',
    read: ({ lastAcknowledgedAt }) => (lastAcknowledgedAt === null ? null : lastAcknowledgedAt / 1000),
  },
]
