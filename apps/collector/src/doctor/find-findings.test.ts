import type { TapReport } from '@slashzero/contract/report'
import { buildCheck, buildNamespace, buildReport, buildTap } from '@slashzero/contract/testing'
import { expect, test } from 'vitest'
import { diagnose } from './diagnose.ts'

const HERE = {
  isRoot: true,
  ownNamespace: 1,
  managers: new Map(),
  configurations: new Map(),
  contained: new Set<number>(),
}
const NO_DAEMON = 'No Router Advertisement daemon runs in this namespace'

/**
 * The diagnosis of a machine with two VMs. `reasons`: why each guest has no route; without it, guests are not asked.
 */
function find(reasons: readonly (string | null)[], hasSender: boolean, tap: Partial<TapReport> = {}) {
  const taps = [7, 8].map((ifindex) => buildTap(ifindex, { allRoutersUsers: hasSender ? 2 : 1, ...tap }))
  const namespace = buildNamespace({ taps, ...(!hasSender && { senders: [] }) })
  const routeChecks = reasons.flatMap((reason, index) => {
    const vm = taps[index]?.vm
    return vm ? [buildCheck(0, { vm, reason, defaultRoute: 'absent', gateway: null, expiresInSeconds: null })] : []
  })
  const { findings } = diagnose(buildReport(0, { namespaces: [namespace], routeChecks }), [], HERE, [])
  return findings.map(({ level, subject, cause, problem }) => [level, subject, cause ?? problem])
}

test.each([
  {
    name: 'a guest that tells its reason is apart from a guest that nothing explains',
    found: find(['the default route is of type unreachable', null], true),
    expected: [
      ['broken', 'vm-7', 'In the guest, the default route is of type unreachable'],
      ['broken', 'vm-8', 'nothing on this machine explains the missing route: look in the guest'],
    ],
  },
  {
    name: 'a stopped daemon is one finding, not one for each VM',
    found: find([null, null], false),
    expected: [['broken', 'vm-7, vm-8', NO_DAEMON]],
  },
  {
    name: 'a daemon that is gone from taps on which it advertised is a risk',
    found: find([], false),
    expected: [['at-risk', 'tap7, tap8', NO_DAEMON]],
  },
  {
    name: 'a daemon that never was there is a note',
    found: find([], false, { routerAdvertsOut: 0 }),
    expected: [['note', 'tap7, tap8', NO_DAEMON]],
  },
])('$name', ({ found, expected }) => {
  expect(found).toEqual(expected)
})
