import type { Report } from '@slashzero/contract/report'

/**
 * When a report was observed, on the server's clock. `clockSkew`: the host's clock minus the server's when the report
 * was sent, in milliseconds, including the transport.
 */
export function readClock(
  report: Pick<Report, 'sentAt' | 'observedAt'>,
  receivedAt: number,
): { clockSkew: number; observedAt: number } {
  const clockSkew = Date.parse(report.sentAt) - receivedAt
  return { clockSkew, observedAt: toServerClock(report.observedAt, { clockSkew, receivedAt }) }
}

/** A time of the host on the server's clock, between 1970 and the report's arrival. */
export function toServerClock(
  instant: string,
  { clockSkew, receivedAt }: { readonly clockSkew: number; readonly receivedAt: number },
): number {
  return Math.max(0, Math.min(readInstant(instant) - clockSkew, receivedAt))
}

const MINUTE = '2026-01-01T00:00'.length
const CANONICAL = '2026-01-01T00:00:00.000Z'.length
let minute = ''
let minuteAt = Number.NaN

/**
 * Reads an instant of the report's schema as `Date.parse` does. Three times as fast for instants of one minute, and a
 * report has an instant a VM.
 */
export function readInstant(text: string): number {
  if (text.length !== CANONICAL || !text.endsWith('Z')) return Date.parse(text)
  if (minute === '' || !text.startsWith(minute)) {
    minute = text.slice(0, MINUTE)
    minuteAt = Date.parse(`${minute}:00.000Z`)
  }
  const digit = (place: number) => text.charCodeAt(place) - ZERO
  return minuteAt + 10_000 * digit(17) + 1000 * digit(18) + 100 * digit(20) + 10 * digit(21) + digit(22)
}

const ZERO = '0'.charCodeAt(0)

/** An instant with any offset, converted to UTC; null if the year then has more than four digits. */
export function toUtc(instant: string): string | null {
  const text = new Date(instant).toISOString()
  return text.length === '2026-01-01T00:00:00.000Z'.length ? text : null
}
