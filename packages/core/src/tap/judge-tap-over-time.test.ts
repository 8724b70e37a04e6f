import type { Report, TapReport } from '@slashzero/contract/report'
import { describe, expect, test } from 'vitest'
import { at, buildNamespace, buildReport, buildSender, buildSocket, buildTap } from '@slashzero/contract/testing'
import type { TapState } from '../state.ts'
import { judgeAll, only } from '../testing/judge-all.ts'

type Step = readonly [seconds: number, tap: Partial<TapReport>]

function reportTap([seconds, tap]: Step, changed: Partial<Report['namespaces'][number]> = {}): Report {
  return buildReport(seconds, { namespaces: [buildNamespace({ taps: [buildTap(7, tap)], ...changed })] })
}

function judgeTaps(steps: readonly Step[], changed: Partial<Report['namespaces'][number]> = {}): TapState {
  return only(judgeAll(steps.map((step) => reportTap(step, changed))).state.taps)
}

describe('a tap over time', () => {
  const appears = (seconds: number, tap: Partial<TapReport>) =>
    buildReport(seconds, { namespaces: [buildNamespace({ taps: [buildTap(7), buildTap(8, tap)] })] })
  const eighth = (reports: Report[]) => judgeAll(reports).state.taps.find((tap) => tap.ifindex === 8)

  test('a tap that just appeared has time to be joined', () => {
    const first = buildReport(0)
    const fresh = { allRoutersUsers: 1, routerSolicitsIn: 0, routerAdvertsOut: 0 }
    expect(eighth([first, appears(15, fresh)])?.status).toBe('unknown')
    expect(eighth([first, appears(15, fresh), appears(24, fresh)])?.status).toBe('unknown')
    expect(eighth([first, appears(15, fresh), appears(25, fresh)])?.status).toBe('not-joined')
    expect(eighth([first, appears(15, fresh), appears(16, { ...fresh, allRoutersUsers: 2 })])?.status).toBe('served')
  })

  test('a full sender gets no time to join a tap that just appeared', () => {
    const fresh = buildTap(8, { allRoutersUsers: 1, routerSolicitsIn: 0, routerAdvertsOut: 0 })
    const beside = (seconds: number, optmemBytes: number) => {
      const senders = [buildSender({ sockets: [buildSocket({ optmemBytes })] })]
      return buildReport(seconds, { namespaces: [buildNamespace({ senders, taps: [buildTap(7), fresh] })] })
    }
    expect(eighth([buildReport(0), beside(15, 20_424), beside(16.9, 20_424)])?.status).toBe('unknown')
    expect(eighth([buildReport(0), beside(15, 20_424), beside(17, 20_424)])?.status).toBe('not-joined')
    expect(eighth([buildReport(0), beside(15, 20_424), beside(17, 20_423)])?.status).toBe('unknown')
  })

  test('a sender that cannot send gets no time to answer', () => {
    const solicited = (seconds: number, optmemBytes: number) => {
      const senders = [buildSender({ sockets: [buildSocket({ optmemBytes })] })]
      return reportTap([seconds, { routerSolicitsIn: 3 }], { senders })
    }
    const last = (seconds: number, optmemBytes: number) => {
      const reports = [buildReport(0), solicited(15, optmemBytes), solicited(seconds, optmemBytes)]
      return only(judgeAll(reports).state.taps).status
    }
    expect([last(16.9, 20_440), last(17, 20_440), last(17, 20_439)]).toEqual([
      'sends-blocked',
      'unanswered-solicitations',
      'served',
    ])
  })

  test('a tap that was down has time from when it comes up', () => {
    const idle = { allRoutersUsers: 1, routerSolicitsIn: 0, routerAdvertsOut: 0 }
    const reports = [buildReport(0), appears(15, { ...idle, up: false }), appears(60, idle)]
    expect(eighth(reports)).toMatchObject({
      status: 'unknown',
      statusReason: expect.stringContaining('The tap came up at 2026-01-01 10:01:00'),
    })
    expect(eighth([...reports, appears(70, idle)])?.status).toBe('not-joined')
  })

  test('an unserved tap is unserved since the first verdict that says so', () => {
    const full = [buildSender({ sockets: [buildSocket({ optmemBytes: 20_440 })] })]
    const steps = [
      reportTap([0, {}]),
      reportTap([15, {}], { senders: full }),
      reportTap([30, { routerSolicitsIn: 3 }], { senders: full }),
      reportTap([45, { routerSolicitsIn: 3 }], { senders: full }),
      reportTap([60, { routerSolicitsIn: 3, allRoutersUsers: 1 }], { senders: [] }),
    ]
    const judged = steps.map((_, index) => judgeAll(steps.slice(0, index + 1)))
    expect(judged.map(({ state }) => only(state.taps)).map(({ status, statusSince }) => [status, statusSince])).toEqual(
      [
        ['served', at(0)],
        ['sends-blocked', at(15)],
        ['sends-blocked', at(15)],
        ['unanswered-solicitations', at(15)],
        ['no-sender', at(15)],
      ],
    )
    expect(judged.at(-1)?.transitions).toContainEqual(expect.objectContaining({ subject: 'tap', at: at(60) }))
  })

  test('a renamed tap keeps its verdict and its age', () => {
    const tap = judgeTaps([
      [0, {}],
      [15, { name: 'renamed0' }],
    ])
    expect(tap).toMatchObject({ key: '1:7', name: 'renamed0', status: 'served', statusSince: at(0) })
  })

  test('a reused ifindex is another tap: its counters start again', () => {
    const tap = judgeTaps([
      [0, { routerSolicitsIn: 9, routerAdvertsOut: 30 }],
      [15, { name: 'tap99', routerSolicitsIn: 1, routerAdvertsOut: 0 }],
      [30, { name: 'tap99', routerSolicitsIn: 1, routerAdvertsOut: 0 }],
    ])
    expect(tap).toMatchObject({ status: 'unanswered-solicitations', unanswered: { solicits: 1, since: at(15) } })
    expect(tap.memory).toEqual({ appearedAt: at(15), advertisedAt: null, servedUntil: at(15) })
  })

  describe("on a bridge, where the counters are the bridge's", () => {
    const onBridge = { countedOn: 'br0' }

    test('a tap put on the bridge after its VM solicited is not unanswered', () => {
      const tap = judgeTaps([
        [0, { routerSolicitsIn: 0, routerAdvertsOut: 0 }],
        [15, { routerSolicitsIn: 1, routerAdvertsOut: 0 }],
        [30, { ...onBridge, routerSolicitsIn: 0, routerAdvertsOut: 3 }],
        [45, { ...onBridge, routerSolicitsIn: 0, routerAdvertsOut: 4 }],
      ])
      expect(tap).toMatchObject({ status: 'served', unanswered: null, countedOn: 'br0' })
      expect(tap.memory.advertisedAt).toBe(at(45))
    })

    test('what the bridge counted before the tap came is not of the tap', () => {
      const tap = judgeTaps([[0, { ...onBridge, routerSolicitsIn: 9, routerAdvertsOut: 9 }]])
      expect(tap).toMatchObject({ status: 'served', unanswered: null, memory: { advertisedAt: null } })
      const taps = [buildTap(7), buildTap(8, { ...onBridge, routerSolicitsIn: 9, routerAdvertsOut: 9 })]
      const later = buildReport(15, { namespaces: [buildNamespace({ taps })] })
      expect(judgeAll([buildReport(0), later]).state.taps[1]?.memory.advertisedAt).toBeNull()
    })

    test('an unanswered solicitation on a bridge names the bridge', () => {
      const silent = { ...onBridge, routerSolicitsIn: 2, routerAdvertsOut: 0 }
      const tap = judgeTaps([
        [0, silent],
        [15, silent],
      ])
      expect(tap).toMatchObject({
        status: 'unanswered-solicitations',
        statusReason: expect.stringContaining('2 Router Solicitations on br0 since'),
      })
    })

    test('a bridge made again does not make another tap', () => {
      const tap = judgeTaps([
        [0, { ...onBridge, routerSolicitsIn: 9, routerAdvertsOut: 9 }],
        [15, { ...onBridge, routerSolicitsIn: 1, routerAdvertsOut: 1 }],
      ])
      expect(tap.memory).toMatchObject({ appearedAt: null, advertisedAt: null })
    })
  })

  test.each([
    { name: 'renamed0' },
    { kind: 'veth' as const },
    { up: false },
    { forwarding: false },
    { allRoutersUsers: 3 },
    { routerSolicitsIn: 2 },
    { routerAdvertsIn: 1 },
    { routerAdvertsOut: 4 },
  ])('a tap changes when only %j changes', (changed) => {
    expect(
      judgeTaps([
        [0, {}],
        [15, changed],
      ]),
    ).toMatchObject(changed)
  })

  test.each(['routerSolicitsIn', 'routerAdvertsIn', 'routerAdvertsOut'] as const)(
    'a lower %s alone shows another tap',
    (counter) => {
      expect(
        judgeTaps([
          [0, { [counter]: 9 }],
          [15, { [counter]: 8 }],
        ]).memory.appearedAt,
      ).toBe(at(15))
      expect(
        judgeTaps([
          [0, { [counter]: 9 }],
          [15, { [counter]: 9 }],
        ]).memory.appearedAt,
      ).toBeNull()
    },
  )

  test('a counter that could not be read once shows no rise', () => {
    const tap = judgeTaps([
      [0, {}],
      [15, { routerSolicitsIn: null }],
      [30, { routerSolicitsIn: 9 }],
      [45, { routerSolicitsIn: 9 }],
    ])
    expect(tap).toMatchObject({ status: 'served', unanswered: null })
  })

  test('the same ifindex in another namespace is another tap', () => {
    const taps = [buildTap(7)]
    const namespaces = [buildNamespace({ taps }), buildNamespace({ id: 2, name: 'qrouter-1', taps, senders: [] })]
    const { state } = judgeAll([buildReport(0, { namespaces })])
    expect(state.taps.map(({ key, status }) => [key, status])).toEqual([
      ['1:7', 'served'],
      ['2:7', 'unknown'],
    ])
  })

  test('a failed look for senders does not mean that there is no sender', () => {
    const namespaces = [buildNamespace({ senders: [], taps: [buildTap(7, { allRoutersUsers: 1 })] })]
    const runs = [
      { probe: 'senders', outcome: 'failed' as const, milliseconds: 1, error: '/proc/net/raw6: permission denied' },
    ]
    const { state } = judgeAll([buildReport(0, { namespaces, runs })])
    expect(only(state.taps)).toMatchObject({
      status: 'unknown',
      statusReason: 'Could not look for senders: /proc/net/raw6: permission denied',
    })
    expect(state).toMatchObject({
      status: 'not-measurable',
      statusReason: expect.stringContaining('permission denied'),
    })
  })

  test('appearing, changing and going are transitions', () => {
    const quiet = { allRoutersUsers: 1, routerSolicitsIn: 0, routerAdvertsOut: 0 }
    const reports = [buildReport(0), appears(15, quiet), appears(30, quiet), buildReport(45)]
    const moves = reports.map((_, index) =>
      judgeAll(reports.slice(0, index + 1))
        .transitions.filter(({ subject, key }) => subject === 'tap' && key === '1:8')
        .map(({ from, to, at: when }) => [from, to, when]),
    )
    expect(moves).toEqual([
      [],
      [[null, 'unknown', at(15)]],
      [['unknown', 'not-joined', at(30)]],
      [['not-joined', null, at(45)]],
    ])
  })
})
