import { buildCheck, buildReport } from '@slashzero/contract/testing'
import { expect, test } from 'vitest'
import { judgeReport } from '../hypervisor/judge-report.ts'
import type { VmState } from '../state.ts'
import { latestPresent } from './merge-checks.ts'

/** The VM after a check at each of these seconds. */
function follow(...checks: readonly { at: number; route: 'present' | 'absent' }[]): VmState[] {
  const vms: VmState[] = []
  let state = null
  for (const { at, route } of checks) {
    const check = buildCheck(at, {
      defaultRoute: route,
      ...(route === 'absent' && { gateway: null, expiresInSeconds: null }),
    })
    const report = buildReport(at, { routeChecks: [check] })
    state = judgeReport(state, report, Date.parse(report.sentAt)).state
    vms.push(...state.vms)
  }
  return vms
}

test('a check that confirms the route leaves the memory of the VM alone, so its row is not rewritten', () => {
  const [, second, third] = follow(
    { at: 0, route: 'present' },
    { at: 15, route: 'present' },
    { at: 30, route: 'present' },
  )
  expect(third?.checks).not.toBe(second?.checks)
  expect(third?.memory).toBe(second?.memory)
})

test('a lost route is remembered with the last check that found the route', () => {
  const [first, , third] = follow({ at: 0, route: 'present' }, { at: 15, route: 'absent' }, { at: 30, route: 'absent' })
  const present = { at: first?.route.checkedAt, gateway: first?.route.gateway, expiresAt: first?.route.expiresAt }
  expect(third && latestPresent(third)).toEqual(present)
})
