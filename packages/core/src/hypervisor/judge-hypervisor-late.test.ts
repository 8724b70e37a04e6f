import type { NamespaceReport, Report, SenderReport, SocketReport } from '@slashzero/contract/report'
import { describe, expect, test } from 'vitest'
import { at, buildCheck, buildNamespace, buildReport, buildSender, buildSocket } from '@slashzero/contract/testing'
import type { HypervisorState } from '../state.ts'
import { judgeAll, only } from '../testing/judge-all.ts'
import { judgeReport } from './judge-report.ts'
import { judgeTime } from './judge-time.ts'

type Change = {
  socket?: Partial<SocketReport>
  sender?: Partial<SenderReport>
  namespace?: Partial<NamespaceReport>
  report?: Partial<Report>
}

/** A report of one radvd whose one tap is joined, with something changed. */
function report(
  seconds: number,
  { socket = {}, sender = {}, namespace = {}, report: changed = {} }: Change = {},
): Report {
  const senders = [buildSender({ sockets: [buildSocket(socket)], ...sender })]
  return buildReport(seconds, { namespaces: [buildNamespace({ senders, ...namespace })], ...changed })
}

test('a host that names other VMs in each report is not remembered without bound', () => {
  const checks = (seconds: number) =>
    Array.from({ length: 8000 }, (_, nth) => buildCheck(seconds, { vm: { name: `vm-${seconds}-${nth}`, uuid: null } }))
  const reports = [0, 15, 30].map((seconds) => report(seconds, { report: { routeChecks: checks(seconds) } }))
  const { state } = judgeAll(reports)
  expect(state.vms).toHaveLength(12_000)
  expect(state.vms.filter(({ name }) => name.startsWith('vm-30-'))).toHaveLength(8000)
  expect(state.vms.filter(({ name }) => name.startsWith('vm-0-'))).toHaveLength(0)
})

describe('silence', () => {
  test('starts after three missed reports and at least 45 s', () => {
    const { state } = judgeAll([report(0)])
    expect(state.judgeAgainAt).toBe(at(45))
    expect(judgeTime(state, at(44)).state).toBe(state)
    const { state: silent, transitions } = judgeTime(state, at(50))
    expect(silent).toMatchObject({
      status: 'silent',
      statusSince: at(45),
      statusReason: expect.stringContaining(
        'No report since 2026-01-01 10:00:00 UTC; the last status was healthy: 1 live',
      ),
    })
    expect(transitions).toMatchObject([{ subject: 'hypervisor', at: at(45), from: 'healthy', to: 'silent' }])
    expect(judgeTime(silent, at(100_000)).transitions).toEqual([])
  })

  test('follows the interval that the reports show', () => {
    expect(judgeAll([report(0), report(60)]).state.judgeAgainAt).toBe(at(60 + 180))
    expect(judgeAll([report(0), report(60), report(61), report(120), report(180)]).state.judgeAgainAt).toBe(
      at(180 + 180),
    )
  })

  test('follows the interval that the collector states', () => {
    const named = [0, 60, 61, 62, 63, 64, 65].map((seconds) => report(seconds, { report: { intervalSeconds: 60 } }))
    expect(judgeAll(named).state.judgeAgainAt).toBe(at(65 + 180))
  })

  test('one long gap does not make the next silence long', () => {
    const steady = [0, 15, 30, 45, 60].map((seconds) => report(seconds))
    expect(judgeAll([...steady, report(7260)]).state.judgeAgainAt).toBe(at(7260 + 45))
  })

  test('ends when a report arrives, whatever its time', () => {
    const { state } = judgeTime(judgeAll([report(0)]).state, at(60))
    const back = judgeReport(state, { ...report(15), sentAt: report(90).sentAt }, at(90))
    expect(back.state).toMatchObject({ status: 'healthy', statusSince: at(90), observedAt: at(15) })
    expect(back.transitions).toMatchObject([{ subject: 'hypervisor', from: 'silent', to: 'healthy', at: at(90) }])
  })

  test('ends also with a report that says nothing new', () => {
    const first = report(0)
    const { state } = judgeTime(judgeReport(null, first, at(0)).state, at(60))
    const again = judgeReport(state, first, at(90))
    expect(again).toMatchObject({
      state: { status: 'healthy', statusSince: at(90), lastSeenAt: at(90), observedAt: at(0) },
      transitions: [{ subject: 'hypervisor', from: 'silent', to: 'healthy', at: at(90) }],
      samples: [],
    })
  })
})

describe('reports that come late', () => {
  const spooled = (seconds: number, sent: number, change: Change = {}) => ({
    ...report(seconds, change),
    sentAt: report(sent).sentAt,
  })

  test('keep their own times until time brings the state to the present', () => {
    let state: HypervisorState | null = null
    for (const one of [spooled(0, 3600), spooled(15, 3600, { socket: { optmemBytes: 20_440 } })])
      state = judgeReport(state, one, at(3600)).state
    expect(state).toMatchObject({
      status: 'sends-blocked',
      statusSince: at(15),
      observedAt: at(15),
      lastSeenAt: at(3600),
      clockSkew: 0,
    })
  })

  test('give only samples if a later report is stored', () => {
    const { state } = judgeAll([report(600)])
    const late = judgeReport(state, spooled(300, 615, { socket: { optmemBytes: 20_440 } }), at(615))
    expect(late.state).toEqual({ ...state, lastSeenAt: at(615), judgeAgainAt: at(660) })
    expect(late.transitions).toEqual([])
    expect(late.samples).toMatchObject([{ at: at(300), socketKey: '1:6813', optmemBytes: 20_440 }])
  })

  test('a report from the future counts from its arrival', () => {
    const future = { ...report(0), observedAt: '2999-01-01T00:00:00Z' }
    expect(judgeReport(null, future, at(0)).state.observedAt).toBe(at(0))
  })
})

test('a report from a spool leaves the rest of the spool time to arrive', () => {
  const receivedAt = at(3600)
  const routeChecks = [buildCheck(0, { defaultRoute: 'present', expiresInSeconds: 1800 })]
  const spooled = buildReport(0, { sentAt: new Date(receivedAt).toISOString(), routeChecks })
  expect(judgeReport(null, spooled, receivedAt).state.judgeAgainAt).toBe(receivedAt + 10_000)
})

describe('a namespace that a pass could not read', () => {
  const unreadNamespaces = [{ id: 1, name: null, reason: 'there was no time for it' }]
  const checked = report(0, { report: { routeChecks: [buildCheck(0)] } })

  test('keeps its taps as unknown, and their VMs', () => {
    const blind = report(15, { namespace: { taps: [] }, report: { unreadNamespaces } })
    const { state, transitions, samples } = judgeAll([checked, blind])
    const reason = 'Its network namespace could not be read: there was no time for it'
    expect(only(state.taps)).toMatchObject({ ifindex: 7, status: 'unknown', statusReason: reason, statusSince: at(15) })
    expect(state.vms.map(({ name }) => name)).toEqual(['vm-7'])
    expect(transitions).toMatchObject([{ subject: 'tap', from: 'served', to: 'unknown', reason }])
    expect(samples).toHaveLength(1)
    expect(
      judgeAll([checked, blind, { ...blind, sequence: 30, observedAt: report(30).observedAt }]).transitions,
    ).toEqual([])
    expect(only(judgeAll([checked, blind, report(45)]).state.taps)).toMatchObject({
      status: 'served',
      statusSince: at(45),
    })
  })

  test('keeps its senders without samples if nothing could be read', () => {
    const { state, transitions, samples } = judgeAll([checked, buildReport(15, { namespaces: [], unreadNamespaces })])
    expect(only(state.sockets)).toMatchObject({ key: '1:6813', optmemBytes: 56 })
    expect(state.status).toBe('healthy')
    expect(transitions.map(({ subject }) => subject)).toEqual(['tap'])
    expect(samples).toEqual([])
  })

  test('is gone if the report does not name it', () => {
    const { state, transitions } = judgeAll([checked, buildReport(15, { namespaces: [] })])
    expect([state.taps, state.sockets]).toEqual([[], []])
    expect(transitions).toContainEqual(
      expect.objectContaining({ subject: 'tap', to: null, reason: 'No longer reported' }),
    )
  })
})
