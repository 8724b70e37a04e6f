import type { Report, TapReport } from '@slashzero/contract/report'
import { describe, expect, test } from 'vitest'
import { buildNamespace, buildReport, buildSender, buildSocket, buildTap } from '@slashzero/contract/testing'
import type { TapState } from '../state.ts'
import { judgeAll, only } from '../testing/judge-all.ts'

type Step = readonly [seconds: number, tap: Partial<TapReport>]

function reportTap([seconds, tap]: Step, changed: Partial<Report['namespaces'][number]> = {}): Report {
  return buildReport(seconds, { namespaces: [buildNamespace({ taps: [buildTap(7, tap)], ...changed })] })
}

function judgeTaps(steps: readonly Step[], changed: Partial<Report['namespaces'][number]> = {}): TapState {
  return only(judgeAll(steps.map((step) => reportTap(step, changed))).state.taps)
}

const full = [buildSender({ sockets: [buildSocket({ optmemBytes: 20_440 })] })]

test.each([
  { name: 'joined', input: { taps: [[0, {}]] satisfies Step[] }, expected: ['served', 'radvd has joined here'] },
  {
    name: 'joined, and its sender can send nothing',
    input: { taps: [[0, {}]] satisfies Step[], namespace: { senders: full } },
    expected: [
      'sends-blocked',
      expect.stringContaining('radvd has joined here but cannot send: 364 stale and 1 live memberships'),
    ],
  },
  {
    name: 'joined with forwarding off',
    input: { taps: [[0, { forwarding: false, allRoutersUsers: 1 }]] satisfies Step[] },
    expected: ['served', 'radvd has joined here'],
  },
  {
    name: 'users at base',
    input: { taps: [[0, { allRoutersUsers: 1 }]] satisfies Step[] },
    expected: ['not-joined', 'radvd runs but has not joined ff02::2 here'],
  },
  {
    name: 'users at base, its sender full',
    input: { taps: [[0, { allRoutersUsers: 1 }]] satisfies Step[], namespace: { senders: full } },
    expected: [
      'not-joined',
      'radvd runs but has not joined ff02::2 here; 365 stale memberships hold 20,440 of 20,480 bytes; every Router Advertisement fails',
    ],
  },
  {
    name: 'users at base behind no VM',
    input: { taps: [[0, { allRoutersUsers: 1, vm: null }]] satisfies Step[] },
    expected: ['not-joined', 'radvd runs but has not joined ff02::2 here, and no VM was seen behind it'],
  },
  {
    name: 'no daemon',
    input: { taps: [[0, { allRoutersUsers: 1 }]] satisfies Step[], namespace: { senders: [] } },
    expected: ['no-sender', 'No Router Advertisement daemon runs in this namespace'],
  },
  {
    name: 'joined by a daemon that was not seen',
    input: { taps: [[0, {}]] satisfies Step[], namespace: { senders: [] } },
    expected: ['unknown', '1 daemon joined here, but no sender was seen in this namespace'],
  },
  {
    name: 'users unreadable',
    input: { taps: [[0, { allRoutersUsers: null }]] satisfies Step[] },
    expected: ['unknown', 'Could not read whether a daemon has joined ff02::2 here'],
  },
  {
    name: 'down',
    input: { taps: [[0, { up: false, allRoutersUsers: 1 }]] satisfies Step[] },
    expected: ['unknown', 'The tap is down while its VM runs'],
  },
  {
    name: 'counters unreadable',
    input: { taps: [[0, { routerAdvertsOut: null }]] satisfies Step[] },
    expected: ['served', 'radvd has joined here; its Router Advertisements could not be counted'],
  },
  {
    name: 'solicited and not answered for two reports',
    input: {
      taps: [
        [0, {}],
        [15, { routerSolicitsIn: 3 }],
        [30, { routerSolicitsIn: 3 }],
      ] satisfies Step[],
    },
    expected: [
      'unanswered-solicitations',
      'radvd has not answered 2 Router Solicitations since 2026-01-01 10:00:15 UTC',
    ],
  },
  {
    name: 'solicited just now',
    input: {
      taps: [
        [0, {}],
        [15, { routerSolicitsIn: 3 }],
      ] satisfies Step[],
    },
    expected: [
      'served',
      'radvd has joined here; 2 Router Solicitations since 2026-01-01 10:00:15 UTC have no answer yet',
    ],
  },
  {
    name: 'solicited, and the second report came after nine seconds',
    input: {
      taps: [
        [0, {}],
        [15, { routerSolicitsIn: 3 }],
        [24, { routerSolicitsIn: 3 }],
      ] satisfies Step[],
    },
    expected: [
      'served',
      'radvd has joined here; 2 Router Solicitations since 2026-01-01 10:00:15 UTC have no answer yet',
    ],
  },
  {
    name: 'solicited and answered in the next report',
    input: {
      taps: [
        [0, {}],
        [15, { routerSolicitsIn: 3 }],
        [30, { routerSolicitsIn: 3, routerAdvertsOut: 4 }],
      ] satisfies Step[],
    },
    expected: ['served', 'radvd has joined here'],
  },
  {
    name: 'never answered since before the first report',
    input: {
      taps: [
        [0, { routerAdvertsOut: 0 }],
        [15, { routerAdvertsOut: 0 }],
      ] satisfies Step[],
    },
    expected: [
      'unanswered-solicitations',
      'radvd has not answered 1 Router Solicitation since 2026-01-01 10:00:00 UTC',
    ],
  },
  {
    name: 'unanswered because sends are blocked',
    input: {
      taps: [
        [0, {}],
        [15, { routerSolicitsIn: 3 }],
        [30, { routerSolicitsIn: 3 }],
      ] satisfies Step[],
      namespace: { senders: full },
    },
    expected: [
      'unanswered-solicitations',
      expect.stringContaining('; 364 stale and 1 live memberships hold 20,440 of 20,480 bytes'),
    ],
  },
  {
    name: 'unanswered, and its VM has gone',
    input: {
      taps: [
        [0, {}],
        [15, { routerSolicitsIn: 3 }],
        [30, { routerSolicitsIn: 3, vm: null }],
      ] satisfies Step[],
    },
    expected: ['unanswered-solicitations', expect.stringContaining(', and no VM was seen behind it')],
  },
])('$name: $expected.0', ({ input, expected: [status, statusReason] }) => {
  const namespace = 'namespace' in input ? input.namespace : {}
  expect(judgeTaps(input.taps, namespace)).toMatchObject({ status, statusReason })
})

describe('a tap with two senders', () => {
  const BLOCK = '364 stale and 1 live memberships hold 20,440 of 20,480 bytes; every Router Advertisement fails'
  const RIVALS = '2 senders share this link, and VMs obey the last advertisement'
  type Situation = {
    users: number
    radvd?: number
    other?: number
    daemon?: string
    joined?: [radvd: boolean, other: boolean] | null
  }

  function judge({ users, radvd = 56, other = 56, daemon = 'dnsmasq', joined = null }: Situation) {
    const listeners = (has: boolean | undefined) => ({
      joinedListeners: has === undefined ? null : has ? ['tap7', 'tap9'] : ['tap9'],
    })
    const stale = (optmemBytes: number) =>
      optmemBytes > 56 ? Array.from({ length: 364 }, (_, index) => index + 100) : []
    const socket = (inode: number, optmemBytes: number) =>
      buildSocket({ inode, optmemBytes, staleInterfaceIndexes: stale(optmemBytes) })
    const senders = [
      buildSender({ sockets: [socket(1, radvd)], ...listeners(joined?.[0]) }),
      buildSender({ daemon, version: null, pid: 914, sockets: [socket(2, other)], ...listeners(joined?.[1]) }),
    ]
    const { status, statusReason } = judgeTaps([[0, { allRoutersUsers: users, listener: 'tap7' }]], { senders })
    return [status, statusReason]
  }

  test.each<{ name: string; input: Situation; expected: [string, string] }>([
    {
      name: 'both joined',
      input: { users: 3, joined: [true, true] },
      expected: ['served', `radvd and dnsmasq have joined here; ${RIVALS}`],
    },
    {
      name: 'both joined, as their number shows',
      input: { users: 3 },
      expected: ['served', `radvd and dnsmasq have joined here; ${RIVALS}`],
    },
    { name: 'one joined', input: { users: 2, joined: [false, true] }, expected: ['served', 'dnsmasq has joined here'] },
    {
      name: 'one joined, but unknown which',
      input: { users: 2 },
      expected: ['served', '1 of 2 daemons (radvd and dnsmasq) has joined here'],
    },
    {
      name: 'none joined',
      input: { users: 1 },
      expected: ['not-joined', 'radvd and dnsmasq run but have not joined ff02::2 here'],
    },
    {
      name: 'one of the two full, the other serves',
      input: { users: 3, radvd: 20_440, joined: [true, true] },
      expected: ['served', `dnsmasq has joined here; radvd does not serve this tap: ${BLOCK}`],
    },
    {
      name: 'the unjoined sender is full',
      input: { users: 2, radvd: 20_440, joined: [false, true] },
      expected: ['served', `dnsmasq has joined here; radvd does not serve this tap: ${BLOCK}`],
    },
    {
      name: 'the joined sender is full',
      input: { users: 2, radvd: 20_440, joined: [true, false] },
      expected: ['sends-blocked', `radvd has joined here but cannot send: ${BLOCK}`],
    },
    {
      name: 'both full',
      input: { users: 3, radvd: 20_440, other: 20_440, daemon: 'bird' },
      expected: ['sends-blocked', `radvd and bird have joined here but cannot send: radvd: ${BLOCK}; bird: ${BLOCK}`],
    },
    {
      name: 'both full, but dnsmasq can still send',
      input: { users: 3, radvd: 20_440, other: 20_440 },
      expected: ['served', `dnsmasq has joined here; radvd does not serve this tap: ${BLOCK}`],
    },
    {
      name: 'one full and one joined, perhaps the same',
      input: { users: 2, radvd: 20_440 },
      expected: [
        'unknown',
        `1 of 2 daemons (radvd and dnsmasq) has joined here, but which one is not known; radvd cannot send: ${BLOCK}`,
      ],
    },
  ])('$name: $expected.0', ({ input, expected }) => {
    expect(judge(input)).toEqual(expected)
  })

  test('processes that share a full socket are one sender, which serves nothing', () => {
    const socket = buildSocket({ optmemBytes: 20_440 })
    const senders = [buildSender({ sockets: [socket] }), buildSender({ pid: 914, sockets: [socket] })]
    const reasons = [2, 3].map((users) => judgeTaps([[0, { allRoutersUsers: users }]], { senders }))
    expect(reasons.map(({ status }) => status)).toEqual(['sends-blocked', 'sends-blocked'])
    expect(reasons[0]?.statusReason).toMatch(/^radvd has joined here but cannot send/)
  })

  test('a sender with a full socket and another is not known to serve', () => {
    const sockets = [buildSocket({ optmemBytes: 20_440 }), buildSocket({ inode: 2 })]
    expect(judgeTaps([[0, {}]], { senders: [buildSender({ sockets })] })).toMatchObject({
      status: 'unknown',
      statusReason: expect.stringMatching(/^radvd has joined here, but one of several sockets cannot send: /),
    })
  })

  test('two senders of one daemon are named with their pids', () => {
    const senders = [buildSender(), buildSender({ pid: 914, sockets: [buildSocket({ inode: 2 })] })]
    expect(judgeTaps([[0, { allRoutersUsers: 3 }]], { senders }).statusReason).toBe(
      `radvd (pid 913) and radvd (pid 914) have joined here; ${RIVALS}`,
    )
  })
})
