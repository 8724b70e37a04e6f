import type { NamespaceReport, Report, SenderReport, SocketReport } from '@slashzero/contract/report'
import { describe, expect, test } from 'vitest'
import {
  at,
  buildCheck,
  buildNamespace,
  buildReport,
  buildSender,
  buildSocket,
  buildTap,
} from '@slashzero/contract/testing'
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

const noSender = { senders: [] }
const stale = (count: number) => Array.from({ length: count }, (_, index) => index + 100)

test.each([
  {
    name: 'one live membership',
    input: [report(0)],
    expected: ['healthy', '1 live membership holds 56 of 20,480 bytes; 364 joins left (radvd 2.19, pid 913)'],
  },
  {
    name: 'nothing at all',
    input: [report(0, { report: { namespaces: [] } })],
    expected: ['healthy', 'No Router Advertisement daemon runs here, and there is no tap'],
  },
  {
    name: 'taps without a sender',
    input: [report(0, { namespace: noSender })],
    expected: ['healthy', 'No Router Advertisement daemon runs here; 1 tap'],
  },
  {
    name: 'full of stale memberships',
    input: [report(0, { socket: { optmemBytes: 20_440, staleInterfaceIndexes: stale(365) } })],
    expected: [
      'sends-blocked',
      '365 stale memberships hold 20,440 of 20,480 bytes; every Router Advertisement fails (radvd 2.19, pid 913)',
    ],
  },
  {
    name: 'full by honest use',
    input: [report(0, { socket: { optmemBytes: 20_440, staleInterfaceIndexes: [] } })],
    expected: [
      'sends-blocked',
      '365 live memberships hold 20,440 of 20,480 bytes, none of them stale; every Router Advertisement fails (radvd 2.19, pid 913)',
    ],
  },
  {
    name: 'full where a membership costs 64 bytes: joins are blocked, sends are not',
    input: [report(0, { socket: { optmemBytes: 319 * 64 }, report: { membershipBytes: 64 } })],
    expected: [
      'joins-blocked',
      '318 stale and 1 live memberships hold 20,416 of 20,480 bytes; no further tap can be joined (radvd 2.19, pid 913)',
    ],
  },
  {
    name: 'sends blocked without a calibrated unit',
    input: [report(0, { socket: { optmemBytes: 20_440 }, report: { membershipBytes: null } })],
    expected: [
      'sends-blocked',
      'Option memory in use is 20,440 of 20,480 bytes; every Router Advertisement fails (radvd 2.19, pid 913)',
    ],
  },
  {
    name: 'without a calibrated unit otherwise',
    input: [report(0, { report: { membershipBytes: null } })],
    expected: [
      'healthy',
      'Option memory in use is 56 of 20,480 bytes; joins left are unknown; stale memberships unknown: The bytes of one membership could not be calibrated (radvd 2.19, pid 913)',
    ],
  },
  {
    name: 'limit lowered below what is used',
    input: [report(0, { socket: { optmemBytes: 5600 }, namespace: { optmemMaxBytes: 2000 } })],
    expected: ['sends-blocked', expect.stringContaining('hold 5,600 of 2,000 bytes')],
  },
  {
    name: 'a few stale of a daemon that is known to leak',
    input: [report(0, { socket: { optmemBytes: 13 * 56 } })],
    expected: [
      'leaking',
      '12 stale and 1 live memberships hold 728 of 20,480 bytes; 352 joins left (radvd 2.19, pid 913)',
    ],
  },
  {
    name: 'a few stale of a daemon that nobody measured',
    input: [report(0, { socket: { optmemBytes: 13 * 56 }, sender: { daemon: 'zebra', version: null } })],
    expected: ['leaking', expect.stringContaining('(zebra, pid 913)')],
  },
  {
    name: 'a few stale of a daemon that is known not to leak',
    input: [report(0, { socket: { optmemBytes: 3 * 56 }, sender: { version: '2.21' } })],
    expected: [
      'healthy',
      '2 stale and 1 live memberships hold 168 of 20,480 bytes; 362 joins left; radvd 2.21 is known to leave none behind, and they do not grow (radvd 2.21, pid 913)',
    ],
  },
  {
    name: 'growing although its version is known not to leak',
    input: [
      report(0, { sender: { version: '2.21' } }),
      report(15, { socket: { optmemBytes: 168 }, sender: { version: '2.21' } }),
    ],
    expected: ['leaking', expect.stringContaining('2 stale and 1 live')],
  },
  {
    name: 'a leak in a daemon that was upgraded and not restarted',
    input: [report(0, { socket: { optmemBytes: 728 }, sender: { executableDeleted: true } })],
    expected: ['leaking', expect.stringContaining('; its executable was replaced and it still runs the old one')],
  },
  {
    name: 'less than a tenth of the limit left',
    input: [report(0, { socket: { optmemBytes: 330 * 56, staleInterfaceIndexes: [] } })],
    expected: ['at-risk', '330 live memberships hold 18,480 of 20,480 bytes; 35 joins left (radvd 2.19, pid 913)'],
  },
  {
    name: 'hardly more than a tenth of the limit left',
    input: [report(0, { socket: { optmemBytes: 329 * 56, staleInterfaceIndexes: [] } })],
    expected: ['healthy', '329 live memberships hold 18,424 of 20,480 bytes; 36 joins left (radvd 2.19, pid 913)'],
  },
  {
    name: 'the worst socket decides',
    input: [
      report(0, {
        report: {
          namespaces: [
            buildNamespace({ senders: [buildSender({ sockets: [buildSocket({ optmemBytes: 728 })] })] }),
            buildNamespace({
              id: 2,
              name: 'qrouter-1',
              senders: [buildSender({ pid: 5, sockets: [buildSocket({ inode: 2, optmemBytes: 20_440 })] })],
            }),
            buildNamespace({
              id: 3,
              name: 'qrouter-2',
              senders: [buildSender({ pid: 6, sockets: [buildSocket({ inode: 3 })] })],
            }),
          ],
        },
      }),
    ],
    expected: ['sends-blocked', expect.stringContaining('(radvd 2.19, pid 5, in qrouter-1)')],
  },
  {
    name: 'nothing measured',
    input: [report(0, { socket: { optmemBytes: null, method: null, unmeasuredReason: 'CAP_SYS_PTRACE is missing' } })],
    expected: ['not-measurable', 'Option memory was not measured: CAP_SYS_PTRACE is missing (radvd 2.19, pid 913)'],
  },
  {
    name: 'no limit readable',
    input: [report(0, { namespace: { optmemMaxBytes: null, optmemMaxSource: null } })],
    expected: [
      'not-measurable',
      '1 live membership holds 56 bytes, of a limit that could not be read (radvd 2.19, pid 913)',
    ],
  },
  {
    name: 'one of two measured',
    input: [report(0, { sender: { sockets: [buildSocket(), buildSocket({ inode: 2, optmemBytes: null })] } })],
    expected: ['healthy', expect.stringMatching(/; 1 other socket could not be measured$/)],
  },
  {
    name: 'a sender whose socket was not found',
    input: [report(0, { sender: { sockets: [] } })],
    expected: ['not-measurable', 'radvd runs, but its socket could not be found'],
  },
])('$name: $expected.0', ({ input, expected: [status, statusReason] }) => {
  expect(judgeAll(input).state).toMatchObject({ status, statusReason })
})

describe('a leak over time', () => {
  /** Taps come and go; each that goes leaves a membership behind or not. */
  function churn(minutes: number, leaks: boolean, version: string): HypervisorState {
    const reports = Array.from({ length: minutes + 1 }, (_, minute) =>
      report(minute * 60, {
        socket: { optmemBytes: ((leaks ? minute : 0) + 4) * 56 },
        sender: { version },
        namespace: { taps: [buildTap(7), buildTap(100 + minute)] },
      }),
    )
    return judgeAll(reports).state
  }

  test('one tap a minute that leaves a membership behind fills the socket in six hours: at risk', () => {
    const state = churn(30, true, '2.19')
    expect(state).toMatchObject({
      status: 'at-risk',
      statusReason: expect.stringContaining('; full at 2026-01-01 16:0'),
    })
    expect(only(state.sockets)).toMatchObject({ staleMemberships: 32, liveMemberships: 2 })
  })

  test('a stale count that does not grow while taps go is said, and is no alarm, whatever the version', () => {
    expect(churn(5, false, '2.19').status).toBe('leaking')
    expect(churn(7, false, '2.19')).toMatchObject({
      status: 'healthy',
      statusReason: expect.stringContaining(
        '2 stale and 2 live memberships hold 224 of 20,480 bytes; 361 joins left; the stale ones do not grow: 6 joined taps',
      ),
    })
  })

  test('VMs that start one after the other are no leak and no forecast', () => {
    const reports = Array.from({ length: 31 }, (_, minute) =>
      report(minute * 60, {
        socket: { optmemBytes: (minute + 1) * 56 },
        sender: { version: '2.20' },
        namespace: { taps: Array.from({ length: minute + 1 }, (_tap, index) => buildTap(7 + index)) },
      }),
    )
    const { state } = judgeAll(reports)
    expect(state.status).toBe('healthy')
    expect(only(state.sockets)).toMatchObject({ liveMemberships: 31, staleMemberships: 0, fullAt: null })
  })

  test('taps that could not be listed prove nothing', () => {
    const leaking = churn(2, false, '2.19')
    const runs = [{ probe: 'links', outcome: 'failed' as const, milliseconds: 1, error: 'no answer' }]
    const blind = report(135, {
      socket: { optmemBytes: 224, staleInterfaceIndexes: [2, 3] },
      namespace: { taps: [] },
      report: { runs },
    })
    expect(only(judgeAll([blind], leaking).state.sockets).memory).toMatchObject({ departures: 2, latestDepartures: 0 })
  })

  test('the first stale membership more ends the quiet', () => {
    const quiet = churn(8, false, '2.19')
    const grown = report(540, { socket: { optmemBytes: 6 * 56 }, namespace: { taps: [buildTap(7), buildTap(200)] } })
    expect(judgeAll([grown], quiet).state.status).toBe('leaking')
  })
})

describe('a sender that restarts', () => {
  const full = report(0, { socket: { optmemBytes: 20_440 } })
  const restarted = report(15, {
    socket: { inode: 7000, optmemBytes: 0 },
    sender: { pid: 1204 },
    namespace: { taps: [buildTap(7, { allRoutersUsers: 1 })] },
  })

  test('is marked where its socket is replaced, and starts from nothing', () => {
    const { state, transitions } = judgeAll([full, restarted])
    expect(transitions).toContainEqual({
      at: at(15),
      subject: 'socket',
      key: '1:7000',
      from: '1:6813',
      to: '1:7000',
      reason: 'radvd restarted: pid 913, now 1204; option memory 20,440 bytes, now 0 bytes',
    })
    expect(only(state.sockets)).toMatchObject({
      staleMemberships: 0,
      trend: [{ at: at(15), optmemBytes: 0 }],
      fullAt: null,
    })
    expect(state).toMatchObject({ status: 'healthy', statusSince: at(15) })
  })

  test('is marked too where a report saw no socket in between', () => {
    const between = report(15, { namespace: noSender })
    expect(judgeAll([full, between]).transitions).toContainEqual(
      expect.objectContaining({ subject: 'socket', from: '1:6813', to: null }),
    )
    const back = { ...restarted, sequence: 30, observedAt: report(30).observedAt, sentAt: report(30).sentAt }
    expect(judgeAll([full, between, back]).transitions).toContainEqual(
      expect.objectContaining({ subject: 'socket', from: null, to: '1:7000' }),
    )
  })

  test('is not confused by a second process that shares the socket', () => {
    const shared = { report: { namespaces: [buildNamespace({ senders: [buildSender(), buildSender({ pid: 914 })] })] } }
    const { state, samples } = judgeAll([report(0, shared)])
    expect(only(state.sockets)).toMatchObject({ pid: 913, staleMemberships: 0 })
    expect(samples).toHaveLength(1)
    const swapped = { report: { namespaces: [buildNamespace({ senders: [buildSender({ pid: 914 })] })] } }
    expect(judgeAll([report(0, shared), report(15, swapped)]).transitions).toEqual([])
  })

  test('the first report of a hypervisor marks no restart', () => {
    expect(judgeAll([full]).transitions.filter(({ subject }) => subject === 'socket')).toEqual([])
  })
})

describe('a reboot', () => {
  const host = { ...buildReport(0).host, bootId: '00000000-0000-4000-8000-000000000002' }
  const before = report(0, { socket: { optmemBytes: 728 } })
  const after = report(60, { socket: { optmemBytes: 56 }, report: { host, sequence: 0 } })

  test('drops taps and sockets, also under the same keys, and keeps the VMs', () => {
    const { state, transitions } = judgeAll([before, after])
    expect(only(state.taps)).toMatchObject({
      key: '1:7',
      statusSince: at(60),
      memory: { appearedAt: at(60), advertisedAt: at(60) },
    })
    expect(only(state.sockets).trend).toEqual([{ at: at(60), optmemBytes: 56 }])
    expect(only(state.vms)).toMatchObject({ key: only(judgeAll([before]).state.vms).key, checks: [] })
    expect(transitions).toContainEqual(
      expect.objectContaining({
        subject: 'socket',
        reason: 'The hypervisor rebooted: pid 913; option memory 728 bytes, now 56 bytes',
      }),
    )
  })

  test('VMs that have not started yet are unknown', () => {
    const empty = report(60, { namespace: { taps: [] }, report: { host, sequence: 0 } })
    const running = report(0, { report: { routeChecks: [] } })
    expect(only(judgeAll([running, empty]).state.vms)).toMatchObject({
      tapKeys: [],
      checks: [],
      route: { status: 'unknown' },
    })
  })
})

describe('silence', () => {
  test('is three missed reports and never less than 45 s', () => {
    const { state } = judgeAll([report(0)])
    expect(state.judgeAgainAt).toBe(at(45))
    expect(judgeTime(state, at(44)).state).toBe(state)
    const { state: silent, transitions } = judgeTime(state, at(50))
    expect(silent).toMatchObject({
      status: 'silent',
      statusSince: at(45),
      statusReason: expect.stringContaining('No report since 2026-01-01 10:00:00 UTC; it was healthy then: 1 live'),
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

  test('follows the interval that the collector names, whatever it reports in between', () => {
    const named = [0, 60, 61, 62, 63, 64, 65].map((seconds) => report(seconds, { report: { intervalSeconds: 60 } }))
    expect(judgeAll(named).state.judgeAgainAt).toBe(at(65 + 180))
  })

  test('one long gap does not make the next silence long', () => {
    const steady = [0, 15, 30, 45, 60].map((seconds) => report(seconds))
    expect(judgeAll([...steady, report(7260)]).state.judgeAgainAt).toBe(at(7260 + 45))
  })

  test('ends when the server hears of it, whatever time the report tells', () => {
    const { state } = judgeTime(judgeAll([report(0)]).state, at(60))
    const back = judgeReport(state, { ...report(15), sentAt: report(90).sentAt }, at(90))
    expect(back.state).toMatchObject({ status: 'healthy', statusSince: at(90), observedAt: at(15) })
    expect(back.transitions).toMatchObject([{ subject: 'hypervisor', from: 'silent', to: 'healthy', at: at(90) }])
  })

  test('ends when a report arrives, also one that says nothing new', () => {
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

  test('tell their own times, and time then brings the state to the present', () => {
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

  test('are samples only where a later one is stored', () => {
    const { state } = judgeAll([report(600)])
    const late = judgeReport(state, spooled(300, 615, { socket: { optmemBytes: 20_440 } }), at(615))
    expect(late.state).toEqual({ ...state, lastSeenAt: at(615), judgeAgainAt: at(660) })
    expect(late.transitions).toEqual([])
    expect(late.samples).toMatchObject([{ at: at(300), socketKey: '1:6813', optmemBytes: 20_440 }])
  })

  test('a report from the future is taken as of its arrival', () => {
    const future = { ...report(0), observedAt: '2999-01-01T00:00:00Z' }
    expect(judgeReport(null, future, at(0)).state.observedAt).toBe(at(0))
  })
})

test('a report out of a spool leaves the rest of the spool time to arrive', () => {
  const receivedAt = at(3600)
  const routeChecks = [buildCheck(0, { defaultRoute: 'present', expiresInSeconds: 1800 })]
  const spooled = buildReport(0, { sentAt: new Date(receivedAt).toISOString(), routeChecks })
  expect(judgeReport(null, spooled, receivedAt).state.judgeAgainAt).toBe(receivedAt + 10_000)
})

describe('a namespace that a pass could not read', () => {
  const unreadNamespaces = [{ id: 1, name: null, reason: 'there was no time for it' }]
  const checked = report(0, { report: { routeChecks: [buildCheck(0)] } })

  test('keeps its taps, as unknown, and their VMs', () => {
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

  test('keeps its senders as well where nothing of it could be read, and has no sample', () => {
    const { state, transitions, samples } = judgeAll([checked, buildReport(15, { namespaces: [], unreadNamespaces })])
    expect(only(state.sockets)).toMatchObject({ key: '1:6813', optmemBytes: 56 })
    expect(state.status).toBe('healthy')
    expect(transitions.map(({ subject }) => subject)).toEqual(['tap'])
    expect(samples).toEqual([])
  })

  test('has gone where it is not named', () => {
    const { state, transitions } = judgeAll([checked, buildReport(15, { namespaces: [] })])
    expect([state.taps, state.sockets]).toEqual([[], []])
    expect(transitions).toContainEqual(
      expect.objectContaining({ subject: 'tap', to: null, reason: 'No longer reported' }),
    )
  })
})
