import type { NamespaceReport, Report, SocketReport } from '@slashzero/contract/report'
import { goldenReport } from '@slashzero/contract/testing'
import { expect, test } from 'vitest'
import { diagnose } from './diagnose.ts'
import type { Surroundings } from './give-steps.ts'
import { EXIT_STATUS } from './render-checks.ts'

const golden = goldenReport()
const HERE: Surroundings = {
  isRoot: false,
  ownNamespace: 4026532180,
  managers: new Map([[7, { kind: 'unit', unit: 'radvd.service' }]]),
  configurations: new Map(),
  contained: new Set(),
}

const RAISE = 'sysctl -w net.core.optmem_max=131072'
const CHECK = 'radvd -c -C /etc/radvd.conf'
const RELOAD = 'radvd -c -C /etc/radvd.conf && kill -HUP 7'
const RESTART = 'radvd -c -C /etc/radvd.conf && systemctl kill -s KILL radvd.service && systemctl restart radvd.service'
const CONTAINER = { kind: 'container', runtime: 'docker', id: '0123456789ab' } as const

type Alter = (namespace: NamespaceReport) => Partial<NamespaceReport>

/** The golden report, or another, with changes in one of its namespaces. */
function change(index: number, alter: Alter, rest: Partial<Report> = {}, report = golden): Report {
  return {
    ...report,
    ...rest,
    namespaces: report.namespaces.map((one, at) => (at === index ? { ...one, ...alter(one) } : one)),
  }
}

/** Every VM has its route and every tap is joined. */
const joined = change(0, ({ taps }) => ({ taps: taps.map((tap) => ({ ...tap, allRoutersUsers: 2 })) }), {
  routeChecks: golden.routeChecks.map((check) => ({ ...check, defaultRoute: 'present' })),
})
const whole = withSocket({ optmemBytes: 168, joinedInterfaces: 3, staleInterfaceIndexes: [] })
const good: Report = change(0, whole, {}, joined)
const half: Report = {
  ...good,
  runs: [{ probe: 'namespaces', outcome: 'failed', milliseconds: 1, error: '3 processes cannot be told' }],
}
const UNSEEN = ['unknown', 'some things could not be seen', 'namespaces: 3 processes cannot be told', null]
const dead = Array.from({ length: 363 }, (_, index) => index + 10)

function goodWith(alter: Alter, index = 0): Report {
  return change(index, alter, {}, good)
}

function withSocket(changed: Partial<SocketReport>) {
  return ({ senders }: NamespaceReport) => ({
    senders: senders.map((one) => ({ ...one, sockets: one.sockets.map((old) => ({ ...old, ...changed })) })),
  })
}

function summarise(report: Report, surroundings = HERE, later: readonly Report[] = []) {
  const { status, findings } = diagnose(report, later, surroundings, [])
  return {
    exit: EXIT_STATUS[status],
    findings: findings.map(({ level, subject, problem, cause }) => [level, subject, problem, cause]),
    commands: findings.map(({ steps }) => steps.map(({ command }) => command)),
  }
}

test('the golden report: an unjoined tap, a VM without a route, and a leaking radvd', () => {
  const { exit, findings, commands } = summarise(golden)
  expect(exit).toBe(2)
  expect(findings).toEqual([
    [
      'broken',
      'vm-102',
      expect.stringContaining('no ::/0: The guest has no ::/0 (guest agent)'),
      'In the guest, asked on /run/vm-102.qga; the route cannot return because on tap103, radvd runs but has not joined ff02::2 here; tap103 is not in /etc/radvd.conf',
    ],
    [
      'at-risk',
      'radvd 2.19, pid 7',
      '3 stale and 2 live memberships hold 280 of 20,480 bytes; 360 joins left',
      expect.stringContaining('a leak: radvd stays a member'),
    ],
  ])
  expect(commands).toEqual([
    [null, RELOAD],
    [RAISE, null, RESTART],
  ])
})

test.each<{
  name: string
  report: Report
  surroundings?: Surroundings
  exit: number
  findings: unknown[][]
  commands: (string | null)[][]
}>([
  { name: 'nothing is wrong', report: good, exit: 0, findings: [], commands: [] },
  {
    name: 'a socket filled by a leak explains the dark VM',
    report: change(0, withSocket({ optmemBytes: 20_440, staleInterfaceIndexes: dead })),
    exit: 2,
    findings: [
      [
        'broken',
        'radvd 2.19, pid 7',
        '363 stale and 2 live memberships hold 20,440 of 20,480 bytes; every Router Advertisement fails; vm-102 has no ::/0',
        expect.stringMatching(/^a leak/),
      ],
    ],
    commands: [[RAISE, RELOAD, null, RESTART]],
  },
  {
    name: 'a socket full of live memberships needs a higher limit, not a restart',
    report: goodWith(withSocket({ optmemBytes: 20_440, joinedInterfaces: 365 })),
    exit: 2,
    findings: [
      [
        'broken',
        'radvd 2.19, pid 7',
        expect.stringContaining('none of them stale; every Router Advertisement fails'),
        expect.stringMatching(/^no leak: all/),
      ],
    ],
    commands: [[RAISE, RELOAD]],
  },
  {
    name: 'nearly full',
    report: goodWith(withSocket({ optmemBytes: 18_648, joinedInterfaces: 333 })),
    exit: 1,
    findings: [
      [
        'at-risk',
        'radvd 2.19, pid 7',
        expect.stringContaining('18,648 of 20,480 bytes; 32 joins left'),
        expect.any(String),
      ],
    ],
    commands: [[RAISE]],
  },
  {
    name: 'in a namespace of neutron',
    report: goodWith(
      withSocket({
        optmemBytes: 131_040,
        joinedInterfaces: 2340,
        staleInterfaceIndexes: dead.concat(dead.map((one) => one + 1000)),
      }),
      1,
    ),
    exit: 2,
    findings: [['broken', 'radvd 2.19, pid 41, in qrouter-5f3e', expect.any(String), expect.any(String)]],
    surroundings: { ...HERE, configurations: new Map([[41, '/var/lib/neutron/ra/5f3e.radvd.conf']]) },
    commands: [
      [
        'ip netns exec qrouter-5f3e sysctl -w net.core.optmem_max=524288',
        'radvd -c -C /var/lib/neutron/ra/5f3e.radvd.conf && kill -HUP 41',
        null,
        'radvd -c -C /var/lib/neutron/ra/5f3e.radvd.conf && kill -KILL 41',
      ],
    ],
  },
  {
    name: 'in a namespace without a name',
    report: goodWith(
      (one) => ({
        ...withSocket({ optmemBytes: 131_040, joinedInterfaces: 2340, staleInterfaceIndexes: [] })(one),
        name: null,
      }),
      1,
    ),
    exit: 2,
    findings: [['broken', 'radvd 2.19, pid 41', expect.any(String), expect.any(String)]],
    commands: [['nsenter -t 41 -n sysctl -w net.core.optmem_max=524288']],
  },
  {
    name: 'before Linux 6.8 the limit is set outside of the namespace',
    report: goodWith(
      (one) => ({
        ...withSocket({ optmemBytes: 20_440, joinedInterfaces: 365 })(one),
        optmemMaxSource: 'init',
        optmemMaxBytes: 20_480,
      }),
      1,
    ),
    exit: 2,
    findings: [['broken', 'radvd 2.19, pid 41, in qrouter-5f3e', expect.any(String), expect.any(String)]],
    commands: [[RAISE]],
  },
  {
    name: 'upgraded, not restarted',
    report: goodWith(({ senders }) => ({ senders: senders.map((one) => ({ ...one, executableDeleted: true })) })),
    exit: 0,
    findings: [
      ['note', 'radvd 2.19, pid 7', 'the executable was replaced, and the daemon still runs the old one', null],
    ],
    commands: [[RESTART]],
  },
  {
    name: 'in a container',
    report: goodWith(withSocket({ staleInterfaceIndexes: [2, 3] })),
    surroundings: { ...HERE, managers: new Map([[7, CONTAINER]]), contained: new Set([7]) },
    exit: 1,
    findings: [['at-risk', 'radvd 2.19, pid 7', expect.any(String), expect.any(String)]],
    commands: [[RAISE, null, null]],
  },
  {
    name: 'in a container of another kind: nothing of the host is checked, killed or restarted',
    report: goodWith(withSocket({ optmemBytes: 20_440, staleInterfaceIndexes: dead })),
    surroundings: { ...HERE, managers: new Map(), contained: new Set([7]) },
    exit: 2,
    findings: [['broken', 'radvd 2.19, pid 7', expect.any(String), expect.any(String)]],
    commands: [[RAISE, null, null]],
  },
  {
    name: 'zebra does more than to advertise, so no command restarts it',
    report: goodWith((one) => {
      const { senders } = withSocket({ staleInterfaceIndexes: [2, 3] })(one)
      return { senders: senders.map((sender) => Object.assign(sender, { daemon: 'zebra' })) }
    }),
    surroundings: { ...HERE, managers: new Map([[7, { kind: 'unit', unit: 'frr.service' }]]) },
    exit: 1,
    findings: [['at-risk', 'zebra 2.19, pid 7', expect.any(String), expect.any(String)]],
    commands: [[RAISE, null, null]],
  },
  {
    name: 'started by another program, whose unit must not restart',
    report: goodWith(withSocket({ staleInterfaceIndexes: [2, 3] })),
    surroundings: { ...HERE, managers: new Map([[7, { kind: 'unit', unit: 'libvirtd.service' }]]) },
    exit: 1,
    findings: [['at-risk', 'radvd 2.19, pid 7', expect.any(String), expect.any(String)]],
    commands: [[RAISE, null, null]],
  },
  {
    name: 'no unit is known',
    report: goodWith(withSocket({ staleInterfaceIndexes: [2, 3] })),
    surroundings: { ...HERE, managers: new Map() },
    exit: 1,
    findings: [['at-risk', 'radvd 2.19, pid 7', expect.any(String), expect.any(String)]],
    commands: [[RAISE, null, null]],
  },
  {
    name: 'a socket that was not measured is not healthy',
    report: goodWith(
      withSocket({
        optmemBytes: null,
        method: null,
        unmeasuredReason: 'needs CAP_SYS_PTRACE',
        staleInterfaceIndexes: null,
      }),
    ),
    exit: 3,
    findings: [['unknown', 'radvd 2.19, pid 7', 'Option memory was not measured: needs CAP_SYS_PTRACE', null]],
    commands: [[null]],
  },
  {
    name: 'everything seen is well, but not everything was seen',
    report: half,
    exit: 3,
    findings: [UNSEEN],
    commands: [[null]],
  },
  {
    name: 'root is not sent to root',
    report: half,
    surroundings: { ...HERE, isRoot: true },
    exit: 3,
    findings: [UNSEEN],
    commands: [[null]],
  },
  {
    name: 'an unseen part does not hide a broken part',
    report: { ...goodWith(withSocket({ optmemBytes: 20_440, joinedInterfaces: 365 })), runs: half.runs },
    exit: 2,
    findings: [['broken', 'radvd 2.19, pid 7', expect.any(String), expect.any(String)], UNSEEN],
    commands: [expect.any(Array), [null]],
  },
  {
    name: 'nothing on the machine explains a guest without a route',
    report: {
      ...good,
      routeChecks: golden.routeChecks.map((check) =>
        Object.assign({}, check, { defaultRoute: 'absent', reason: null }),
      ),
    },
    exit: 2,
    findings: [
      ['broken', 'vm-102, vm-101', expect.stringContaining('no ::/0'), expect.stringContaining('look in the guest')],
    ],
    commands: [[expect.stringMatching(/^ip -6 route show default; grep .*accept_ra_defrtr/)]],
  },
  {
    name: 'an unjoined tap whose VM still has a route',
    report: goodWith(({ taps }) => ({
      taps: taps.map((tap) => (tap.name === 'tap101' ? { ...tap, allRoutersUsers: 1 } : tap)),
    })),
    exit: 1,
    findings: [['at-risk', 'tap101', 'radvd runs but has not joined ff02::2 here', null]],
    commands: [['ip -6 addr show dev tap101 scope link', 'grep -n -- tap101 /etc/radvd.conf', RELOAD]],
  },
  {
    name: 'an unjoined tap of a radvd in a container with another file',
    report: goodWith(({ taps }) => ({
      taps: taps.map((tap) => (tap.name === 'tap101' ? { ...tap, allRoutersUsers: 1 } : tap)),
    })),
    surroundings: {
      ...HERE,
      managers: new Map([[7, CONTAINER]]),
      configurations: new Map([[7, '/etc/my radvd.conf']]),
      contained: new Set([7]),
    },
    exit: 1,
    findings: [['at-risk', 'tap101', 'radvd runs but has not joined ff02::2 here', null]],
    commands: [
      [
        'ip -6 addr show dev tap101 scope link',
        null,
        "docker exec 0123456789ab radvd -c -C '/etc/my radvd.conf' && kill -HUP 7",
      ],
    ],
  },
  {
    name: 'forwarding off on a served tap',
    report: goodWith(({ taps }) => ({
      taps: taps.map((tap) => (tap.name === 'tap101' ? { ...tap, forwarding: false } : tap)),
    })),
    exit: 0,
    findings: [['note', 'tap101', 'forwarding is off here', expect.stringContaining('router flag')]],
    commands: [['sysctl -w net/ipv6/conf/tap101/forwarding=1']],
  },
  {
    name: 'forwarding off in a namespace without a name, which its sender opens',
    report: goodWith(({ taps }) => ({ name: null, taps: taps.map((tap) => ({ ...tap, forwarding: false })) }), 1),
    exit: 0,
    findings: [['note', 'port', 'forwarding is off here', expect.stringContaining('router flag')]],
    commands: [['nsenter -t 41 -n sysctl -w net/ipv6/conf/port/forwarding=1']],
  },
  {
    name: 'a refused configuration is a finding, and nothing is reloaded or restarted',
    report: change(
      0,
      ({ senders, taps }) => ({
        senders: senders.map((one) => ({
          ...one,
          configuration: null,
          configurationError: '/etc/radvd.conf:3: expected ;, found "}"',
        })),
        taps: taps.map((tap) => (tap.name === 'tap101' ? { ...tap, allRoutersUsers: 1 } : tap)),
      }),
      {},
      goodWith(withSocket({ optmemBytes: 20_440, staleInterfaceIndexes: dead })),
    ),
    exit: 2,
    findings: [
      ['broken', 'radvd 2.19, pid 7', expect.stringContaining('every Router Advertisement fails'), expect.any(String)],
      [
        'at-risk',
        'radvd 2.19, pid 7',
        'radvd refuses its configuration: /etc/radvd.conf:3: expected ;, found "}"',
        'a reload, a restart or a reboot ends radvd, and then every VM that it serves loses ::/0',
      ],
    ],
    commands: [[RAISE, CHECK, null, CHECK], [CHECK]],
  },
  {
    name: 'no daemon, because OVN may answer',
    report: goodWith(({ taps }) => ({
      senders: [],
      taps: taps.map((tap) => ({ ...tap, allRoutersUsers: 1, routerAdvertsIn: 0, routerAdvertsOut: 0 })),
    })),
    exit: 0,
    findings: [['note', 'tap102, tap103', 'No Router Advertisement daemon runs in this namespace', null]],
    commands: [[null]],
  },
])('$name', ({ report, surroundings = HERE, exit, findings, commands }) => {
  const made = summarise(report, surroundings)
  expect(made.findings).toEqual(findings)
  expect(made.commands).toEqual(commands)
  expect(made.exit).toBe(exit)
})

test('a second look finds unanswered solicitations', () => {
  const first = goodWith(({ taps }) => ({
    taps: taps.map((tap) => (tap.name === 'tap101' ? { ...tap, routerSolicitsIn: 3, routerAdvertsOut: 0 } : tap)),
  }))
  const later = {
    ...first,
    sequence: first.sequence + 1,
    observedAt: '2026-01-01T00:00:11.000Z',
    sentAt: '2026-01-01T00:00:11.000Z',
  }
  expect(summarise(first).findings).toEqual([])
  expect(summarise(first, HERE, [later]).findings).toEqual([
    ['at-risk', 'tap101', expect.stringContaining('not answered 3 Router Solicitations'), null],
  ])
})
