import { goldenReport } from '@slashzero/contract/testing'
import type { Report } from '@slashzero/contract/report'
import { expect, test } from 'vitest'
import { describeStatus } from './describe-status.ts'

const NOW = Date.UTC(2026, 0, 1, 12, 30)
const DELIVERED = { spooledReports: 1, lastAcknowledgedAt: NOW - 15_000, lastError: null }

function report(changed: Partial<Report> = {}): Report {
  const [own] = goldenReport().namespaces
  if (own === undefined) throw new Error('the golden report has no namespace')
  const namespaces = [{ ...own, taps: own.taps.slice(0, 1), senders: own.senders.slice(0, 1) }]
  return { ...goldenReport(), observedAt: new Date(NOW).toISOString(), namespaces, runs: [], ...changed }
}

test('says what the last pass read and when the server took a report', () => {
  expect(describeStatus(report(), DELIVERED)).toBe(
    'Read 1 tap and 1 sender at 2026-01-01 12:30:00 UTC. The server took a report at 2026-01-01 12:29:45 UTC.',
  )
  expect(describeStatus(report({ namespaces: [] }), { ...DELIVERED, lastAcknowledgedAt: null })).toBe(
    'Read 0 taps and 0 senders at 2026-01-01 12:30:00 UTC. The server has taken no report yet.',
  )
})

test('names the probes that failed', () => {
  const run = (probe: string, outcome: 'ok' | 'absent' | 'failed') => ({ probe, outcome, milliseconds: 1, error: null })
  const runs = [run('links', 'failed'), run('counters', 'ok'), run('vms', 'absent'), run('optmem', 'failed')]
  expect(describeStatus(report({ runs }), DELIVERED)).toContain(
    ' UTC. Could not read everything (links, optmem): run doctor. The server took',
  )
})

test('says how many reports wait and why, in visible characters', () => {
  const status = describeStatus(report(), { ...DELIVERED, spooledReports: 12, lastError: 'HTTP status 503\n\u001b[2J' })
  expect(status).toMatch(/UTC\. 12 reports wait: HTTP status 503␊␛\[2J$/)
})
