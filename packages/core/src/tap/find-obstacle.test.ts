import { buildReport, buildTap } from '@slashzero/contract/testing'
import { expect, test } from 'vitest'
import { judgeAll, only } from '../testing/judge-all.ts'

type State = 'usable' | 'tentative'

function judge(steps: readonly (readonly [seconds: number, state: State])[]) {
  const reports = steps.map(([seconds, state]) => {
    const linkLocals = [{ address: 'fe80::1', state }]
    return buildReport(seconds, { taps: [buildTap(7, { allRoutersUsers: 1, linkLocals })] })
  })
  return only(judgeAll(reports).state.taps)
}

const ENDLESS =
  '; the address fe80::1 of tap7 has been tentative since 2026-01-01 10:00:10 UTC (duplicate address detection does not end)'

test.each<{ name: string; step: readonly [number, State]; expected: string }>([
  { name: 'for 5 s', step: [15, 'tentative'], expected: '' },
  { name: 'for 15 s', step: [25, 'tentative'], expected: ENDLESS },
  { name: 'until now', step: [25, 'usable'], expected: '' },
])('an address that was tentative $name', ({ step, expected }) => {
  const { status, statusReason, memory } = judge([[0, 'usable'], [10, 'tentative'], step])
  expect(status).toBe('not-joined')
  expect(statusReason).toBe(`radvd runs but has not joined ff02::2 here${expected}`)
  expect(memory.harmful ?? '').toBe(expected.slice(2))
})
