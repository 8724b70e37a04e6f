import type { NamespaceReport, Report, SenderReport, SocketReport } from '@slashzero/contract/report'
import { describe, expect, test } from 'vitest'
import { at, buildNamespace, buildReport, buildSender, buildSocket, buildTap } from '@slashzero/contract/testing'
import type { HypervisorState } from '../state.ts'
import { judgeAll, only } from '../testing/judge-all.ts'

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
    input: [report(0, { socket: { optmemBytes: 20_440, joinedInterfaces: 365, staleInterfaceIndexes: [] } })],
    expected: [
      'sends-blocked',
      '365 live memberships hold 20,440 of 20,480 bytes, none of them stale; every Router Advertisement fails (radvd 2.19, pid 913)',
    ],
  },
  {
    name: 'full with memberships of 64 bytes: joins are blocked, sends are not',
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
    name: 'without a calibrated unit, and sends are possible',
    input: [report(0, { report: { membershipBytes: null } })],
    expected: [
      'healthy',
      'Option memory in use is 56 of 20,480 bytes; joins left are unknown; stale memberships unknown: The size of a membership could not be calibrated (radvd 2.19, pid 913)',
    ],
  },
  {
    name: 'limit lowered below the usage',
    input: [report(0, { socket: { optmemBytes: 5600 }, namespace: { optmemMaxBytes: 2000 } })],
    expected: ['sends-blocked', expect.stringContaining('hold 5,600 of 2,000 bytes')],
  },
  {
    name: 'a few stale memberships of a daemon that leaks',
    input: [report(0, { socket: { optmemBytes: 13 * 56 } })],
    expected: [
      'leaking',
      '12 stale and 1 live memberships hold 728 of 20,480 bytes; 352 joins left (radvd 2.19, pid 913)',
    ],
  },
  {
    name: 'a few stale memberships of an unmeasured daemon',
    input: [report(0, { socket: { optmemBytes: 13 * 56 }, sender: { daemon: 'zebra', version: null } })],
    expected: ['leaking', expect.stringContaining('(zebra, pid 913)')],
  },
  {
    name: 'a few stale memberships of a daemon that does not leak',
    input: [report(0, { socket: { optmemBytes: 3 * 56 }, sender: { version: '2.21' } })],
    expected: [
      'healthy',
      '2 stale and 1 live memberships hold 168 of 20,480 bytes; 362 joins left; radvd 2.21 is known not to leak, and stale memberships do not grow (radvd 2.21, pid 913)',
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
    expected: ['leaking', expect.stringContaining('; it runs an old executable until it is restarted')],
  },
  {
    name: 'less than a tenth of the limit left',
    input: [report(0, { socket: { optmemBytes: 330 * 56, joinedInterfaces: 330, staleInterfaceIndexes: [] } })],
    expected: ['at-risk', '330 live memberships hold 18,480 of 20,480 bytes; 35 joins left (radvd 2.19, pid 913)'],
  },
  {
    name: 'hardly more than a tenth of the limit left',
    input: [report(0, { socket: { optmemBytes: 329 * 56, joinedInterfaces: 329, staleInterfaceIndexes: [] } })],
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
    expected: ['not-measurable', '1 live membership holds 56 bytes; the limit could not be read (radvd 2.19, pid 913)'],
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

  test('a leak of one membership a minute is at risk six hours ahead', () => {
    const state = churn(30, true, '2.19')
    expect(state).toMatchObject({
      status: 'at-risk',
      statusReason: expect.stringContaining('; full at 2026-01-01 16:0'),
    })
    expect(only(state.sockets)).toMatchObject({ staleMemberships: 32, liveMemberships: 2 })
  })

  test('a condition keeps its beginning when only its status changes', () => {
    const filled = (seconds: number, memberships: number) =>
      report(seconds, { socket: { optmemBytes: memberships * 56, staleInterfaceIndexes: stale(memberships - 1) } })
    const blocked = report(60, { socket: { optmemBytes: 365 * 56, staleInterfaceIndexes: stale(364) } })
    const steps = [report(0), filled(15, 20), filled(30, 340), report(45, { socket: { optmemBytes: 20_424 } }), blocked]
    const judged = steps.map((_, index) => judgeAll(steps.slice(0, index + 1)))
    expect(judged.map(({ state: { status, statusSince } }) => [status, statusSince])).toEqual([
      ['healthy', at(0)],
      ['leaking', at(15)],
      ['at-risk', at(15)],
      ['joins-blocked', at(45)],
      ['sends-blocked', at(45)],
    ])
    expect(judged.at(-1)?.transitions).toContainEqual(
      expect.objectContaining({ subject: 'hypervisor', at: at(60), from: 'joins-blocked', to: 'sends-blocked' }),
    )
  })

  test('a stale count that does not grow while taps go is no alarm', () => {
    expect(churn(5, false, '2.19').status).toBe('leaking')
    expect(churn(7, false, '2.19')).toMatchObject({
      status: 'healthy',
      statusReason: expect.stringContaining(
        '2 stale and 2 live memberships hold 224 of 20,480 bytes; 361 joins left; stale memberships do not grow: 6 joined taps',
      ),
    })
  })

  test('VMs that start one after another are no leak and have no forecast', () => {
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

  test('one more stale membership is a leak again', () => {
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

  test('is marked when its socket is replaced, and starts from zero', () => {
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

  test('is marked also when a report in between saw no socket', () => {
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

  test('drops taps and sockets, even with equal keys, and keeps the VMs', () => {
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
