import { type NamespaceReport, type Report, report as reportSchema } from '@slashzero/contract/report'
import { describe, expect, test } from 'vitest'
import type { Role } from '../fleet/assign-roles.ts'
import { planFleet } from '../fleet/plan-fleet.ts'
import { planHost } from '../fleet/plan-host.ts'
import { HISTORY_LENGTH, scheduleReports, WARM_UP } from '../delivery/schedule-reports.ts'
import { simulateHost } from './simulate-host.ts'

const HOUR = 3_600_000
const afternoon = Date.UTC(2026, 0, 14, 15, 20)
const night = Date.UTC(2026, 0, 14, 3, 5)

describe.each([
  { seed: 1, now: afternoon },
  { seed: 7, now: night },
])('a fleet of seed $seed', ({ seed, now }) => {
  const histories = planFleet({ seed, hypervisors: 40, now }).map((plan) => ({ plan, reports: history(plan, now) }))

  test('passes the schema without a changed value', () => {
    for (const { reports } of histories) {
      for (const one of reports.filter((_, place) => place % 24 === 0)) expect(reportSchema.parse(one)).toEqual(one)
    }
  })

  test('counters never fall, and no interface index is used twice', () => {
    let compared = 0
    const wrong: string[] = []
    for (const { plan, reports } of histories) {
      const seen = new Map<string, readonly number[]>()
      const highest = new Map<number, number>()
      for (const { id, taps } of reports.flatMap((one) => one.namespaces)) {
        const newest = highest.get(id) ?? Number.POSITIVE_INFINITY
        for (const tap of taps) {
          const key = `${plan.name} ${id}:${tap.ifindex}`
          const [former, counters] = [seen.get(key), countersOf(tap)]
          if (former?.some((value, place) => !((counters[place] ?? Number.NaN) >= value))) wrong.push(`${key} fell`)
          if (former === undefined && tap.ifindex <= newest && highest.has(id)) wrong.push(`${key} is used again`)
          seen.set(key, counters)
          compared += former === undefined ? 0 : 1
        }
        highest.set(id, Math.max(highest.get(id) ?? 0, ...taps.map((tap) => tap.ifindex)))
      }
    }
    expect(wrong).toEqual([])
    expect(compared).toBeGreaterThan(100_000)
  })

  test('charges one unit per joined tap and stale membership, up to the limit', () => {
    let measured = 0
    const wrong: string[] = []
    for (const { plan, reports } of histories) {
      for (const { namespace, socket } of reports.flatMap(socketsOf)) {
        const { optmemBytes, staleInterfaceIndexes: stale } = socket
        if (optmemBytes === null || stale === null) continue
        const live = namespace.taps.filter((tap) => tap.allRoutersUsers === 2).map((tap) => tap.ifindex)
        const all = new Set([...live, ...stale])
        if (all.size !== live.length + stale.length) wrong.push(`${plan.name}: a live tap is stale`)
        if (optmemBytes !== all.size * plan.kernel.unit)
          wrong.push(`${plan.name}: ${optmemBytes} bytes for ${all.size} memberships`)
        if (optmemBytes >= plan.kernel.limit) wrong.push(`${plan.name}: ${optmemBytes} bytes are beyond the limit`)
        measured += 1
      }
    }
    expect(wrong).toEqual([])
    expect(measured).toBeGreaterThan(4000)
  })

  test('gives a reason exactly if option memory is not measured', () => {
    for (const { plan, reports } of histories) {
      const socket = senderOf(lastOf(reports)).sockets[0]
      expect(socket?.optmemBytes === null).toBe(plan.role === 'not-measurable')
      expect(socket?.unmeasuredReason ?? '').toMatch(plan.role === 'not-measurable' ? /CAP_SYS_PTRACE/ : /^$/)
    }
  })

  test('reports in order, within the last day and never from the future', () => {
    for (const { reports } of histories) {
      const times = reports.map((one) => Date.parse(one.observedAt))
      expect(times.toSorted((one, other) => one - other)).toEqual(times)
      expect(new Set(reports.map((one) => one.sequence)).size).toBe(reports.length)
      expect(times[0]).toBeGreaterThan(now - HISTORY_LENGTH)
      expect(times.at(-1)).toBeLessThanOrEqual(now)
    }
  })

  test('a full socket sends nothing, and every route ends a lifetime later', () => {
    const reports = historyOf('full-by-leak', seed, now)
    const last = lastOf(reports)
    expect(optmemOf(last)).toBe(365 * 56)
    expect(routesOf(last)).toContain('absent')
    expect(routesOf(last)).not.toContain('present')
    expect(routesOf(nearest(reports, now - 6 * HOUR))).toContain('present')
    const blocked = reports.filter((one) => optmemOf(one) === 365 * 56)
    expect(Date.parse(blocked[0]?.observedAt ?? '')).toBeLessThan(now - 2.9 * HOUR)
    const sent = new Set(blocked.slice(1).map((one) => advertsOf(one, steadyIfindex(reports))))
    expect(sent.size).toBe(1)
  })

  test('with joins blocked, served taps keep their route and later taps get none', () => {
    const last = lastOf(historyOf('joins-blocked', seed, now))
    expect(optmemOf(last)).toBe(319 * 64)
    const taps = last.namespaces.flatMap((namespace) => namespace.taps)
    for (const tap of taps) {
      const check = last.routeChecks.find((one) => one.vm.uuid === tap.vm?.uuid)
      const served = tap.allRoutersUsers === 2
      expect([served ? 'present' : 'absent', 'unknown']).toContain(check?.defaultRoute)
      expect((tap.routerAdvertsOut ?? Number.NaN) > 0).toBe(served)
    }
  })

  test('a restart frees stale memberships and shows another socket and process', () => {
    const reports = historyOf('restarted', seed, now)
    const [before, after] = [nearest(reports, now - 11.2 * HOUR), nearest(reports, now - 10.9 * HOUR)]
    expect(optmemOf(before)).toBeGreaterThan(300 * 56)
    expect(optmemOf(after)).toBeLessThan(60 * 56)
    expect(senderOf(after).pid).not.toBe(senderOf(before).pid)
    expect(senderOf(after).sockets[0]?.inode).not.toBe(senderOf(before).sockets[0]?.inode)
    expect(advertsOf(after, steadyIfindex(reports))).toBeGreaterThan(0)
  })

  test('an upgraded daemon leaks while its old binary still runs', () => {
    const reports = historyOf('upgraded', seed, now)
    const [before, after, last] = [
      nearest(reports, now - 16 * HOUR),
      nearest(reports, now - 14 * HOUR),
      lastOf(reports),
    ]
    expect([before, after].map((one) => senderOf(one).executableDeleted)).toEqual([false, true])
    expect(optmemOf(last)).toBeGreaterThan(optmemOf(after))
  })

  test('a socket that is full by honest use has no stale membership', () => {
    const last = lastOf(historyOf('full-by-capacity', seed, now))
    expect(optmemOf(last)).toBe(319 * 64)
    expect(senderOf(last).sockets[0]?.staleInterfaceIndexes).toEqual([])
  })

  test('a socket at risk has a few joins left', () => {
    expect(optmemOf(lastOf(historyOf('at-risk', seed, now)))).toBe(353 * 56)
  })

  test('a dark host has stopped reporting', () => {
    for (const [role, age] of [
      ['dark-for-minutes', 40 / 60],
      ['dark-for-hours', 5],
    ] as const) {
      const silentFor = now - Date.parse(lastOf(historyOf(role, seed, now)).observedAt)
      expect(silentFor / HOUR).toBeGreaterThanOrEqual(age)
      expect(silentFor / HOUR).toBeLessThan(age + 0.01)
    }
  })

  test('guests lose routes for their own reasons, one guest with a hostile name', () => {
    const last = lastOf(historyOf('guest-trouble', seed, now))
    const missing = last.routeChecks.filter((check) => check.defaultRoute === 'absent')
    expect(missing).toHaveLength(3)
    expect(missing.map((check) => check.vm.name)).toContain(`"; DROP TABLE vm; -- <script>alert('::/0')</script>`)
    expect(last.namespaces[0]?.taps.every((tap) => (tap.routerAdvertsOut ?? 0) > 0)).toBe(true)
  })
})

test('the same input gives the same reports, whatever was observed between', () => {
  const plan = planOf('full-by-leak', 3, afternoon)
  const often = simulateHost(plan, afternoon - HISTORY_LENGTH)
  const once = simulateHost(plan, afternoon - HISTORY_LENGTH)
  for (let at = afternoon - HISTORY_LENGTH; at < afternoon; at += 7 * 60_000) often.observe(at)
  const reports = [once.observe(afternoon), once.observe(afternoon + HOUR)]
  expect([often.observe(afternoon), often.observe(afternoon + HOUR)]).toEqual(reports)
  const otherSeed = simulateHost(planOf('full-by-leak', 4, afternoon), afternoon - HISTORY_LENGTH)
  expect(otherSeed.observe(afternoon)).not.toEqual(reports[0])
})

test('more VMs start in working hours than at night', () => {
  const plan = planOf('leak-large-limit', 5, afternoon)
  const host = simulateHost(plan, Date.UTC(2026, 0, 14))
  const used = [0, 6, 10, 16].map((hours) => optmemOf(host.observe(Date.UTC(2026, 0, 14, hours))))
  const [midnight = 0, morning = 0, ten = 0, four = 0] = used
  expect(four - ten).toBeGreaterThan(2 * (morning - midnight))
})

test('refuses an observation before the last one', () => {
  const host = simulateHost(planOf('ordinary', 1, afternoon), afternoon - HOUR)
  host.observe(afternoon)
  expect(() => host.observe(afternoon - 1)).toThrow(RangeError)
})

function planOf(role: Role, seed: number, now: number) {
  return planHost({ seed, number: 12, role, now })
}

function history(plan: ReturnType<typeof planOf>, now: number): readonly Report[] {
  const host = simulateHost(plan, now - HISTORY_LENGTH - WARM_UP)
  return scheduleReports(plan, now).map((at) => host.observe(at, now))
}

function historyOf(role: Role, seed: number, now: number) {
  return history(planOf(role, seed, now), now)
}

function lastOf(reports: readonly Report[]): Report {
  const last = reports.at(-1)
  if (last === undefined) throw new Error('The history is empty.')
  return last
}

function nearest(reports: readonly Report[], at: number): Report {
  return lastOf(reports.filter((one) => Date.parse(one.observedAt) <= at))
}

function socketsOf(one: Report) {
  return one.namespaces.flatMap((namespace) =>
    namespace.senders.flatMap((sender) => sender.sockets.map((socket) => ({ namespace, socket }))),
  )
}

function senderOf(one: Report) {
  const sender = one.namespaces[0]?.senders[0]
  if (sender === undefined) throw new Error('The report has no sender.')
  return sender
}

function optmemOf(one: Report): number {
  return senderOf(one).sockets[0]?.optmemBytes ?? Number.NaN
}

function routesOf(one: Report) {
  return new Set<string>(one.routeChecks.map((check) => check.defaultRoute))
}

function countersOf(tap: NamespaceReport['taps'][number]): readonly number[] {
  return [tap.routerSolicitsIn, tap.routerAdvertsIn, tap.routerAdvertsOut].map((counter) => counter ?? Number.NaN)
}

/** The oldest tap of the last report that was there in the first one. */
function steadyIfindex(reports: readonly Report[]): number {
  return Math.min(...lastOf(reports).namespaces.flatMap((namespace) => namespace.taps.map((tap) => tap.ifindex)))
}

function advertsOf(one: Report, ifindex: number): number {
  return one.namespaces[0]?.taps.find((tap) => tap.ifindex === ifindex)?.routerAdvertsOut ?? Number.NaN
}
