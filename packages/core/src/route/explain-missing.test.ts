import type { NamespaceReport, SocketReport, TapReport } from '@slashzero/contract/report'
import { expect, test } from 'vitest'
import {
  buildCheck,
  buildNamespace,
  buildReport,
  buildSender,
  buildSocket,
  buildTap,
} from '@slashzero/contract/testing'
import { judgeAll, only } from '../testing/judge-all.ts'

const missing = { defaultRoute: 'absent', gateway: null, expiresInSeconds: null } as const

function reportMissing(
  seconds: number,
  tap: Partial<TapReport>,
  socket: Partial<SocketReport>,
  namespace: Partial<NamespaceReport> = {},
) {
  const senders = [buildSender({ sockets: [buildSocket(socket)] })]
  return buildReport(seconds, {
    namespaces: [buildNamespace({ senders, taps: [buildTap(7, tap)], ...namespace })],
    routeChecks: [buildCheck(seconds, missing)],
  })
}

test.each([
  {
    name: 'sends blocked by a leak',
    input: [reportMissing(0, {}, { optmemBytes: 20_440 })],
    expected:
      "The sender's socket is full by a leak: 364 stale and 1 live memberships hold 20,440 of 20,480 bytes; every Router Advertisement fails (radvd 2.19, pid 913)",
  },
  {
    name: 'sends blocked by honest use',
    input: [reportMissing(0, {}, { optmemBytes: 20_440, joinedInterfaces: 365, staleInterfaceIndexes: [] })],
    expected:
      "The sender's socket is full without a leak: 365 live memberships hold 20,440 of 20,480 bytes, none of them stale; every Router Advertisement fails (radvd 2.19, pid 913)",
  },
  {
    name: 'sends blocked in an upgraded daemon that was not restarted',
    input: [
      reportMissing(
        0,
        {},
        {},
        { senders: [buildSender({ executableDeleted: true, sockets: [buildSocket({ optmemBytes: 20_440 })] })] },
      ),
    ],
    expected: expect.stringContaining('; it runs an old executable until it is restarted'),
  },
  {
    name: 'joins blocked, sends not',
    input: [reportMissing(0, { allRoutersUsers: 1 }, { optmemBytes: 20_384 + 40 }, { optmemMaxBytes: 20_472 })],
    expected:
      'The sender could not join on tap7, because its socket is full by a leak: 364 stale memberships hold 20,424 of 20,472 bytes; no further tap can be joined (radvd 2.19, pid 913)',
  },
  {
    name: 'not joined',
    input: [reportMissing(0, { allRoutersUsers: 1 }, { optmemBytes: 0 })],
    expected: 'tap7: radvd runs but has not joined ff02::2 here',
  },
  {
    name: 'no sender',
    input: [reportMissing(0, { allRoutersUsers: 1 }, {}, { senders: [] })],
    expected: 'No Router Advertisement daemon runs in this namespace',
  },
  {
    name: 'unanswered solicitations',
    input: [
      reportMissing(0, { routerSolicitsIn: 0, routerAdvertsOut: 0 }, {}),
      reportMissing(15, { routerSolicitsIn: 2, routerAdvertsOut: 0 }, {}),
      reportMissing(30, { routerSolicitsIn: 2, routerAdvertsOut: 0 }, {}),
    ],
    expected: 'tap7: radvd has not answered 2 Router Solicitations since 2026-01-01 10:00:15 UTC',
  },
  { name: 'tap down', input: [reportMissing(0, { up: false }, {})], expected: 'tap7 is down while its VM runs' },
  {
    name: 'nothing on the hypervisor explains it',
    input: [reportMissing(0, {}, {})],
    expected: null,
  },
  {
    name: 'a full socket beside another sender that serves the tap',
    input: [
      reportMissing(
        0,
        { allRoutersUsers: 2, listener: 'tap7' },
        {},
        {
          senders: [
            buildSender({ joinedListeners: [], sockets: [buildSocket({ optmemBytes: 20_440 })] }),
            buildSender({
              daemon: 'dnsmasq',
              pid: 914,
              joinedListeners: ['tap7'],
              sockets: [buildSocket({ inode: 2 })],
            }),
          ],
        },
      ),
    ],
    expected: null,
  },
  {
    name: 'a full socket in another namespace explains nothing',
    input: [
      buildReport(0, {
        namespaces: [
          buildNamespace(),
          buildNamespace({
            id: 2,
            name: 'qrouter-1',
            taps: [],
            senders: [buildSender({ sockets: [buildSocket({ optmemBytes: 20_440 })] })],
          }),
        ],
        routeChecks: [buildCheck(0, missing)],
      }),
    ],
    expected: null,
  },
])('$name', ({ input, expected }) => {
  expect(only(judgeAll(input).state.vms).route).toMatchObject({ status: 'missing', cause: expected })
})
