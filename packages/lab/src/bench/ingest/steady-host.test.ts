import { makeDelta, report as reportSchema } from '@slashzero/contract/report'
import { expect, test } from 'vitest'
import { planBenchHosts } from '../plan-bench-hosts.ts'
import { passOn, startSteadyHost } from './steady-host.ts'

const now = Date.UTC(2026, 0, 14, 12)

test('a steady host passes the schema, and its deltas are short', () => {
  const [plan] = planBenchHosts({ seed: 1, hosts: 1, vms: 100, now })
  if (plan === undefined) throw new Error('There is no plan.')
  let host = startSteadyHost(plan, now)
  const lengths: number[] = []
  for (let pass = 1; pass <= 200; pass += 1) {
    const next = passOn(host, now + pass * 15_000)
    expect(reportSchema.parse(next.report)).toEqual(next.report)
    expect(passOn(host, now + pass * 15_000)).toEqual(next)
    expect(next.report.routeChecks).toHaveLength(next.report.namespaces[0]?.taps.length ?? 0)
    lengths.push(JSON.stringify(makeDelta('base', host.report, next.report)).length)
    host = next
  }
  const mean = lengths.reduce((sum, length) => sum + length, 0) / lengths.length
  expect(mean).toBeGreaterThan(1000)
  expect(mean).toBeLessThan(2500)
})
