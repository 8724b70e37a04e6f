import type { Report, RouteCheckReport, SeenAdvertisement, TapReport } from '@slashzero/contract/report'
import { expect, test } from 'vitest'
import {
  buildAdvertisement,
  buildCheck,
  buildNamespace,
  buildReport,
  buildSender,
  buildSocket,
  buildTap,
  instant,
} from '@slashzero/contract/testing'
import { judgeAll, only } from '../testing/judge-all.ts'

type Step = {
  at: number
  /** The sender's socket. */
  inode?: number
  /** Router Advertisements out of the tap since its creation, and back in. */
  sent?: number | null
  tap?: Partial<TapReport>
  /** The check of this pass; none if null. */
  check?: Partial<RouteCheckReport> | null
}

const NEW = 9999
const lost = { defaultRoute: 'absent', gateway: null, expiresInSeconds: null } as const
const lostBy = (reason: string) => ({ ...lost, reason })

function toReport({ at, inode = 6813, sent = 3, tap = {}, check = {} }: Step): Report {
  const taps = [buildTap(7, { routerAdvertsOut: sent, routerAdvertsIn: sent, ...tap })]
  const senders = [buildSender({ sockets: [buildSocket({ inode })] })]
  return buildReport(at, {
    namespaces: [buildNamespace({ senders, taps })],
    routeChecks: check === null ? [] : [buildCheck(at, check)],
  })
}

function causeOf(steps: readonly Step[]): string | null {
  const { status, cause } = only(judgeAll(steps.map(toReport)).state.vms).route
  expect(status).toBe('missing')
  return cause
}

const QUIET =
  'The sender (radvd 2.19, pid 913) opened a new socket at 2026-01-01 10:00:15 UTC and has not advertised on tap7 since'

test.each<{ name: string; steps: Step[] }>([
  {
    name: 'the farewell ended the route, and no advertisement has come since',
    steps: [{ at: 0 }, { at: 15, inode: NEW, check: lost }],
  },
  {
    name: 'the farewell ended the route, and a later check saw that',
    steps: [{ at: 0 }, { at: 15, inode: NEW, check: null }, { at: 60, inode: NEW, check: lost }],
  },
  {
    name: 'the sender was killed, and the route ran out without an advertisement',
    steps: [
      { at: 0, check: { expiresInSeconds: 600 } },
      { at: 15, inode: NEW, check: { expiresInSeconds: 585 } },
      { at: 605, inode: NEW, check: lost },
    ],
  },
])('a new socket explains a lost route if $name', ({ steps }) => {
  expect(causeOf(steps)).toBe(QUIET)
})

const answered = (at: number, sent = 4): Step => ({ at, inode: NEW, sent })

test.each<{ name: string; steps: Step[]; expected: string | null }>([
  {
    name: 'the route was lost before the restart',
    steps: [{ at: 0 }, { at: 15, check: lost }, { at: 30, inode: NEW, check: lost }],
    expected: null,
  },
  {
    name: 'the route was lost 29 minutes after the restart, and advertisements went on (accept_ra off)',
    steps: [{ at: 0 }, answered(15), answered(600, 6), { ...answered(1755, 9), check: lost }],
    expected: null,
  },
  {
    name: 'the route was lost just after the restart, and advertisements went on (accept_ra_defrtr off)',
    steps: [{ at: 0 }, answered(15), { ...answered(30, 5), check: lost }],
    expected: null,
  },
  {
    name: 'the route was lost with the restart and did not come back with the next advertisement',
    steps: [{ at: 0 }, { at: 15, inode: NEW, check: lost }, { ...answered(30), check: lost }],
    expected: null,
  },
  {
    name: 'the guest drops advertisements (a firewall in the guest), although they reach it',
    steps: [
      { at: 0 },
      answered(15),
      { ...answered(60, 5), tap: { advertisements: [buildAdvertisement({ seenAt: instant(50) })] }, check: lost },
    ],
    expected:
      'The guest does not use the Router Advertisements that reach it: the last, from fe80::1 at 2026-01-01 10:00:50 UTC, gives a default route for 1,800 s',
  },
  {
    name: 'its route is of type unreachable',
    steps: [{ at: 0 }, { at: 15, inode: NEW, check: lostBy('the default route is of type unreachable') }],
    expected: 'In the guest, the default route is of type unreachable',
  },
  {
    name: 'its route is in a table that no rule reaches',
    steps: [
      { at: 0 },
      { at: 15, inode: NEW, check: lostBy('the default route is in table 100, which no rule reaches') },
    ],
    expected: 'In the guest, the default route is in table 100, which no rule reaches',
  },
  {
    name: 'the VM was never seen with a route',
    steps: [
      { at: 0, check: lost },
      { at: 15, inode: NEW, check: lost },
    ],
    expected: null,
  },
  {
    name: 'the VM was first checked after the restart',
    steps: [
      { at: 0, check: null },
      { at: 15, inode: NEW, check: lost },
    ],
    expected: null,
  },
  {
    name: 'the route was seen after the restart and should have lasted longer',
    steps: [
      { at: 0, check: { expiresInSeconds: 1800 } },
      { at: 15, inode: NEW, check: { expiresInSeconds: 1785 } },
      { at: 45, inode: NEW, check: lost },
    ],
    expected: null,
  },
  {
    name: 'advertisements could not be counted',
    steps: [
      { at: 0, sent: null },
      { at: 15, inode: NEW, sent: null, check: lost },
    ],
    expected: null,
  },
  {
    name: 'the VM started after the restart',
    steps: [
      { at: 0 },
      { at: 15, inode: NEW, check: null },
      { at: 60, inode: NEW, tap: { vm: { ...buildCheck(0).vm, pid: 3000 } }, check: null },
      { at: 120, inode: NEW, tap: { vm: { ...buildCheck(0).vm, pid: 3000 } }, check: lost },
    ],
    expected: null,
  },
])('a new socket is not the cause if $name', ({ steps, expected }) => {
  expect(causeOf(steps)).toBe(expected)
})

test('a route that a restarted sender does not renew expires because of the restart', () => {
  const steps = [{ at: 0 }, { at: 15, inode: NEW, check: null }, { at: 1205, inode: NEW, check: null }]
  expect(only(judgeAll(steps.map(toReport)).state.vms).route).toMatchObject({ status: 'expiring', cause: QUIET })
})

test('an old executable alone explains no missing route', () => {
  const report = toReport({ at: 0, check: lost })
  const senders = [buildSender({ executableDeleted: true })]
  const outdated = { ...report, namespaces: [buildNamespace({ senders })] }
  expect(only(judgeAll([outdated]).state.vms).route).toMatchObject({ status: 'missing', cause: null })
})

const seen = (seconds: number, changed: Partial<SeenAdvertisement>) => ({
  advertisements: [buildAdvertisement({ seenAt: instant(seconds), ...changed })],
})

test('an interval too long is still the cause when the route has ended', () => {
  const rare = seen(-10, { routerLifetimeSeconds: 60, sincePreviousSeconds: 400 })
  const steps = [
    { at: 0, tap: rare, check: { gateway: null, expiresInSeconds: null } },
    { at: 60, tap: rare, check: lost },
  ]
  expect(causeOf(steps)).toBe(
    'Router Advertisements from fe80::1 came 400 s apart, but a default route lasts only 60 s and ends in between',
  )
})

test('a full socket that once sent after the loss only keeps the route away', () => {
  const full = (at: number) => {
    const report = toReport({ at, sent: 5, check: lost })
    const senders = [buildSender({ sockets: [buildSocket({ optmemBytes: 20_440 })] })]
    return { ...report, namespaces: [buildNamespace({ senders, taps: report.namespaces.flatMap(({ taps }) => taps) })] }
  }
  const before = [{ at: 0 }, { at: 15, check: lost }, { at: 30, sent: 5, check: lost }].map(toReport)
  const { state } = judgeAll([...before, full(45)])
  expect(only(state.taps).status).toBe('sends-blocked')
  expect(only(state.vms).route.cause).toMatch(/^The route cannot return because the sender's socket is full/)
})
