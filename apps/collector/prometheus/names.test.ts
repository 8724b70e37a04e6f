import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { describeCollector } from '../src/metrics/describe-collector.ts'
import * as metrics from '../src/metrics/report-metrics.ts'

const STATUS = {
  spooledReports: 0,
  spooledBytes: 0,
  droppedReports: 0,
  acknowledgedReports: 0,
  lastAcknowledgedAt: 0,
  onDisk: true,
  lastError: null,
}
const exported = new Set([...Object.values(metrics).flat(), ...describeCollector('', STATUS)].map(({ name }) => name))

test.each(['slashzero-rules.yml', 'slashzero-rules.test.yml', 'grafana-dashboard.json'])(
  '%s names no metric that is not exported',
  (file) => {
    const text = readFileSync(new URL(file, import.meta.url), 'utf8')
    const named = new Set(text.match(/\bslashzero_\w+/g))
    expect(named.size).toBeGreaterThan(5)
    expect([...named].filter((name) => !exported.has(name))).toEqual([])
  },
)

test('rules read only the series that rules record', () => {
  const text = readFileSync(new URL('slashzero-rules.yml', import.meta.url), 'utf8')
  const recorded = [...text.matchAll(/- record: (\S+)/g)].map(([, name]) => name)
  expect(recorded).toHaveLength(4)
  expect([...new Set(text.match(/\bslashzero:\w+:\w+/g))].filter((name) => !recorded.includes(name))).toEqual([])
})
