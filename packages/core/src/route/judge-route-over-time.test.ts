import type { Report, RouteCheckReport, TapReport } from '@slashzero/contract/report'
import { describe, expect, test } from 'vitest'
import { at, buildCheck, buildNamespace, buildReport, buildTap, instant } from '@slashzero/contract/testing'
import { judgeReport } from '../hypervisor/judge-report.ts'
import { judgeTime } from '../hypervisor/judge-time.ts'
import type { HypervisorState, RouteVerdict } from '../state.ts'
import { judgeAll, only } from '../testing/judge-all.ts'

function reportChecks(seconds: number, checks: readonly RouteCheckReport[], tap: Partial<TapReport> = {}): Report {
  return buildReport(seconds, { namespaces: [buildNamespace({ taps: [buildTap(7, tap)] })], routeChecks: [...checks] })
}

function routeOf(state: HypervisorState): RouteVerdict {
  return only(state.vms).route
}

const absent = { defaultRoute: 'absent', gateway: null, expiresInSeconds: null } as const
const unknown = {
  defaultRoute: 'unknown',
  reason: 'the agent did not answer',
  gateway: null,
  expiresInSeconds: null,
} as const

describe('a VM over time', () => {
  test.each([3600, -3600])('a host whose clock is %i s off gives the same times', (skew) => {
    const observed = {
      ...reportChecks(0, [buildCheck(skew - 9, absent)]),
      observedAt: instant(skew - 8),
      sentAt: instant(skew),
    }
    const { state } = judgeReport(null, observed, at(0))
    expect(state).toMatchObject({ clockSkew: skew * 1000, observedAt: at(-8) })
    expect(routeOf(state)).toMatchObject({ since: at(-9), checkedAt: at(-9) })
  })

  test('an unchanged VM and its tap keep their identity', () => {
    const steady = (seconds: number) => reportChecks(seconds, [buildCheck(0)])
    const { state } = judgeAll([steady(0), steady(15)])
    const later = judgeAll([steady(30)], state).state
    expect(only(later.vms)).toBe(only(state.vms))
    expect(only(later.taps)).toBe(only(state.taps))
    expect(only(judgeTime(later, at(60)).state.vms)).toBe(only(state.vms))
  })

  test.each([
    { name: 'name', tap: { vm: { ...buildCheck(0).vm, name: 'renamed', pid: 2007 } }, expected: { name: 'renamed' } },
    { name: 'tap', tap: { ifindex: 8 }, expected: { tapKeys: ['1:8'] } },
    {
      name: 'cause',
      tap: { up: false },
      expected: { route: { status: 'missing', cause: 'The route cannot return because tap7 is down' } },
    },
  ])('a VM changes when only its $name changes', ({ tap, expected }) => {
    const check = buildCheck(0, absent)
    const { state } = judgeAll([reportChecks(0, [check])])
    expect(only(state.vms)).not.toMatchObject(expected)
    expect(only(judgeAll([reportChecks(15, [check], tap)], state).state.vms)).toMatchObject(expected)
  })

  test('a VM changes when only the reason of its verdict changes', () => {
    const { state } = judgeAll([reportChecks(0, [buildCheck(0, unknown)])])
    const { vms } = judgeTime(state, at(700)).state
    expect(only(vms).route).toMatchObject({
      since: at(0),
      reason: expect.stringContaining('too old to tell, and it could not tell then: the agent'),
    })
  })

  test('a VM that just started has half a minute before its route is missing', () => {
    const started = reportChecks(15, [buildCheck(15, absent)], { vm: { ...buildCheck(0).vm, pid: 9999 } })
    const { state } = judgeAll([reportChecks(0, [buildCheck(0)]), started])
    expect(routeOf(state)).toMatchObject({
      status: 'unknown',
      reason: 'The VM started at 2026-01-01 10:00:15 UTC and may still configure its network',
    })
    expect(state.judgeAgainAt).toBe(at(45))
    expect(routeOf(judgeTime(state, at(44)).state).status).toBe('unknown')
    expect(routeOf(judgeTime(state, at(45)).state)).toMatchObject({ status: 'missing', since: at(15) })
  })

  test('a restarted VM is not judged by checks from before the restart', () => {
    const restarted = reportChecks(15, [buildCheck(0)], { vm: { ...buildCheck(0).vm, pid: 9999 } })
    expect(routeOf(judgeAll([reportChecks(0, [buildCheck(0)]), restarted]).state)).toMatchObject({
      status: 'unknown',
      reason: 'The VM started at 2026-01-01 10:00:15 UTC and has not been checked since',
      checkedAt: null,
    })
  })

  test('an unreported VM is unknown after one minute and forgotten after ten', () => {
    const without = (seconds: number) => buildReport(seconds, { namespaces: [buildNamespace({ taps: [] })] })
    const before = reportChecks(0, [buildCheck(0, absent)])
    expect(routeOf(judgeAll([before, without(15)]).state).status).toBe('missing')
    expect(routeOf(judgeAll([before, without(15), without(60)]).state)).toMatchObject({
      status: 'unknown',
      reason: 'No report has named this VM since 2026-01-01 10:00:00 UTC; the VM may have stopped or moved',
    })
    expect(
      routeOf(judgeAll([before, without(15), before, reportChecks(61, [buildCheck(61, absent)])]).state).status,
    ).toBe('missing')
    const { state, transitions } = judgeAll([before, without(15), without(600)])
    expect(state.vms).toEqual([])
    expect(transitions).toContainEqual(expect.objectContaining({ subject: 'vm', to: null }))
  })

  test('a check with only a name means the VM of that name', () => {
    const named = { name: 'vm-7', uuid: null }
    expect(only(judgeAll([reportChecks(0, [buildCheck(0, { vm: named })])]).state.vms)).toMatchObject({
      uuid: buildCheck(0).vm.uuid,
      route: { status: 'ok' },
    })
    const twin = buildTap(8, { vm: { name: 'vm-7', uuid: '00000000-0000-4000-8000-00000000aaaa', pid: 1 } })
    const namespaces = [buildNamespace({ taps: [buildTap(7), twin] })]
    const { state } = judgeAll([buildReport(0, { namespaces, routeChecks: [buildCheck(0, { vm: named })] })])
    expect(state.vms.map(({ key, route }) => [key, route.status])).toEqual([
      [buildCheck(0).vm.uuid, 'unknown'],
      ['00000000-0000-4000-8000-00000000aaaa', 'unknown'],
      ['name:vm-7', 'ok'],
    ])
  })

  test('two VMs of one name, one without a uuid, are two VMs', () => {
    const nameless = { name: 'vm-7', uuid: null }
    const namespaces = [buildNamespace({ taps: [buildTap(7), buildTap(8, { vm: { ...nameless, pid: 1 } })] })]
    const routeChecks = [buildCheck(0, absent), buildCheck(1, { vm: nameless })]
    const { state } = judgeAll([buildReport(2, { namespaces, routeChecks })])
    expect(state.vms.map(({ key, route, tapKeys }) => [key, route.status, tapKeys.length])).toEqual([
      [buildCheck(0).vm.uuid, 'missing', 1],
      ['name:vm-7', 'ok', 1],
    ])
  })

  test('every change of the verdict is a transition at the time of the change', () => {
    const first = judgeAll([reportChecks(0, [buildCheck(0, { expiresInSeconds: 30 })])])
    expect(first.transitions.filter(({ subject }) => subject === 'vm')).toMatchObject([
      { at: at(0), from: null, to: 'ok' },
    ])
    const expiring = judgeReport(first.state, reportChecks(22, []), at(22))
    expect(expiring.transitions).toMatchObject([{ subject: 'vm', at: at(20), from: 'ok', to: 'expiring' }])
    const gone = judgeReport(expiring.state, reportChecks(35, [buildCheck(34, absent)]), at(35))
    expect(gone.transitions).toMatchObject([{ subject: 'vm', at: at(30), from: 'expiring', to: 'missing' }])
  })
})
