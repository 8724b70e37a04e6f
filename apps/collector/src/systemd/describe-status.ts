import { toVisible } from '@slashzero/contract/report'
import type { Report } from '@slashzero/contract/report'
import type { DeliveryStatus } from '../deliver/delivery.ts'

type Delivered = Pick<DeliveryStatus, 'spooledReports' | 'lastAcknowledgedAt' | 'lastError'>

/** The state of the service in sentences: what the last pass read, and whether the server takes reports. */
export function describeStatus({ observedAt, namespaces, runs }: Report, delivered: Delivered): string {
  const taps = namespaces.reduce((sum, one) => sum + one.taps.length, 0)
  const senders = namespaces.reduce((sum, one) => sum + one.senders.length, 0)
  const failed = runs.filter(({ outcome }) => outcome === 'failed').map(({ probe }) => probe)
  const read = `Read ${count(taps, 'tap')} and ${count(senders, 'sender')} at ${showTime(Date.parse(observedAt))}.`
  const unread = failed.length === 0 ? '' : ` Could not read everything (${failed.join(', ')}): run doctor.`
  return toVisible(`${read}${unread} ${describeDelivery(delivered)}`)
}

function describeDelivery({ spooledReports, lastAcknowledgedAt, lastError }: Delivered): string {
  const latest =
    lastAcknowledgedAt === null
      ? 'The server has taken no report yet.'
      : `The server took a report at ${showTime(lastAcknowledgedAt)}.`
  if (lastError === null) return latest
  return `${latest} ${spooledReports === 1 ? '1 report waits' : `${spooledReports} reports wait`}: ${lastError}`
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

/** `2026-01-01 00:00:00 UTC` */
function showTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/T(.*)\.\d+Z/, ' $1 UTC')
}
