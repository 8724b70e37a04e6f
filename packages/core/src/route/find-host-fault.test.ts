import type { NamespaceReport, RouteCheckReport, SocketReport, TapReport } from '@slashzero/contract/report'
import {
  buildCheck,
  buildNamespace,
  buildReport,
  buildSender,
  buildSocket,
  buildTap,
} from '@slashzero/contract/testing'
import { expect, test } from 'vitest'
import { judgeAll, only } from '../testing/judge-all.ts'

type Step = {
  at: number
  check?: Partial<RouteCheckReport>
  tap?: Partial<TapReport>
  socket?: Partial<SocketReport>
  namespace?: Partial<NamespaceReport>
}

const lost = { defaultRoute: 'absent', gateway: null, expiresInSeconds: null } as const
const heard = { routerAdvertsIn: 3 }
const unjoined = { allRoutersUsers: 1 }
const full = { optmemBytes: 20_440 }
const unjoinable = { socket: { optmemBytes: 20_384 + 40 }, namespace: { optmemMaxBytes: 20_472 } }

function causeOf(steps: readonly Step[]): string | null {
  const reports = steps.map(({ at, check = {}, tap = {}, socket = {}, namespace = {} }) => {
    const senders = [buildSender({ sockets: [buildSocket(socket)] })]
    const taps = [buildTap(7, { ...heard, ...tap })]
    return buildReport(at, {
      namespaces: [buildNamespace({ senders, taps, ...namespace })],
      routeChecks: [buildCheck(at, check)],
    })
  })
  return only(judgeAll(reports).state.vms).route.cause
}

const FULL = /he sender's socket is full by a leak: 364 stale and 1 live memberships hold 20,440 of 20,480 bytes/
const UNJOINED = 'radvd runs but has not joined ff02::2 here'

test.each<{ name: string; fault: Omit<Step, 'at'>; early: RegExp; late: RegExp }>([
  {
    name: 'a full socket',
    fault: { socket: full },
    early: new RegExp(`^T${FULL.source}`),
    late: new RegExp(`^The route cannot return because t${FULL.source}`),
  },
  {
    name: 'an unjoined tap',
    fault: { tap: unjoined },
    early: new RegExp(`^tap7: ${UNJOINED}$`),
    late: new RegExp(`^The route cannot return because on tap7, ${UNJOINED}$`),
  },
  {
    name: 'an unjoined tap of a socket that cannot join',
    fault: { ...unjoinable, tap: unjoined },
    early: /^The sender could not join on tap7, because its socket is full by a leak/,
    late: /^The route cannot return because the sender could not join on tap7, because its socket is full by a leak/,
  },
  {
    name: 'a stopped sender',
    fault: { tap: unjoined, namespace: { senders: [] } },
    early: /^No Router Advertisement daemon runs in this namespace/,
    late: /^The route cannot return because no Router Advertisement daemon runs in this namespace; radvd 2.19/,
  },
  {
    name: 'a tap that is down',
    fault: { tap: { up: false } },
    early: /^tap7 is down while its VM runs$/,
    late: /^The route cannot return because tap7 is down$/,
  },
])('$name explains a loss only if the fault came first', ({ fault, early, late }) => {
  const before = { at: 0, ...(fault.namespace?.optmemMaxBytes && { namespace: fault.namespace }) }
  expect(causeOf([before, { at: 60, ...fault }, { at: 3600, ...fault, check: lost }])).toMatch(early)
  expect(causeOf([{ at: 0, ...fault, check: lost }])).toMatch(early)
  // Between two reports the order is not known.
  expect(causeOf([before, { at: 3600, ...fault, check: lost }])).toMatch(early)
  const lateSteps = [
    { ...before, check: lost },
    { at: 3600, ...fault, check: lost },
    { at: 3660, ...fault, check: lost },
  ]
  expect(causeOf(lateSteps.slice(0, 2))).toMatch(late)
  expect(causeOf(lateSteps)).toMatch(late)
  const unread = { at: 60, check: lost, tap: { allRoutersUsers: null } }
  expect(causeOf([...lateSteps.slice(0, 1), unread, ...lateSteps.slice(1)])).toMatch(late)
})

test('a socket that could send after the loss is late, whatever its tap shows', () => {
  const unread = { allRoutersUsers: null }
  const steps = [
    { at: 0, tap: unread, check: lost },
    { at: 3600, tap: unread, socket: full, check: lost },
  ]
  expect(causeOf(steps)).toMatch(/^The route cannot return because the sender's socket is full/)
  expect(causeOf([{ ...steps[0], at: 0, socket: full }, ...steps.slice(1)])).toMatch(/^The sender's socket is full/)
})

test('a tap that was unjoined before its socket filled up is not unjoined by the full socket', () => {
  const steps = [
    { at: 0, tap: unjoined, check: lost, namespace: unjoinable.namespace },
    { at: 3600, ...unjoinable, tap: unjoined, check: lost },
  ]
  expect(causeOf(steps)).toMatch(new RegExp(`^tap7: ${UNJOINED}`))
})

test('a fault after a route began to run out keeps the route from renewal', () => {
  const expiring = { at: 1300, check: { expiresInSeconds: 490 } }
  const steps = [{ at: 0 }, expiring, { at: 1400, check: { expiresInSeconds: 390 }, tap: unjoined }]
  expect(causeOf(steps)).toBe(`The route cannot be renewed because on tap7, ${UNJOINED}`)
})

test.each(['the default route is of type unreachable', 'the default route is in table 100, which no rule reaches'])(
  'the reason of the guest comes before a fault of the host: %s',
  (reason) => {
    const check = { ...lost, reason }
    expect(causeOf([{ at: 0, tap: unjoined, check }])).toBe(
      `In the guest, ${reason}; the route cannot return because on tap7, ${UNJOINED}`,
    )
    expect(causeOf([{ at: 0, socket: full, check }])).toMatch(
      new RegExp(`^In the guest, ${reason}; the route cannot return because t${FULL.source}`),
    )
    expect(causeOf([{ at: 0, check }])).toBe(`In the guest, ${reason}`)
  },
)
