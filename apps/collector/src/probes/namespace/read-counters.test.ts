import { readFileSync } from 'node:fs'
import type { IcmpMark, Link } from '@slashzero/linux'
import { expect, test } from 'vitest'
import { stoppedClock } from '../../testing/fake-clock.ts'
import { fakeKernel } from '../../testing/fake-kernel.ts'
import type { FakeFile } from '../../testing/fake-kernel.ts'
import { recordRuns } from '../record-runs.ts'
import { createCounterReader } from './read-counters.ts'

const COUNTERS = readFileSync(
  new URL('../../../../../packages/linux/fixtures/proc/net/dev_snmp6/tap101', import.meta.url),
  'latin1',
)
const FILE = '/proc/thread-self/net/dev_snmp6/tap101'

function makeMachine() {
  const tree: Record<string, FakeFile> = {}
  let reads = 0
  const whole = fakeKernel(tree)
  const countRead = (path: string) => {
    reads += 1
    return whole.readText(path)
  }
  const begin = createCounterReader({ ...whole, readText: countRead })
  const link = {
    name: 'tap101',
    kind: 'tun',
    ethernet: true,
    up: true,
    multicast: true,
    master: null,
    vlanOf: null,
    mtu: 1500,
    forwarding: true,
    ipv6Disabled: false,
  }
  const marks = new Map<string, IcmpMark>()
  const markNamed = (name: string | null): IcmpMark | null => {
    if (name === null) return null
    const mark = marks.get(name) ?? { since: 1, messagesIn: marks.size, messagesOut: 0 }
    marks.set(name, mark)
    return mark
  }
  return {
    /** Makes one pass. Out: the advertisements sent, and the number of files read. */
    pass: (mark: string | null, advertsOut: number | string, { namespace = 1, ifindex = 7 } = {}) => {
      const text = COUNTERS.replace(/^ifIndex.*/, `ifIndex \t${ifindex}`).replace(
        /^(Icmp6OutRouterAdvertisements *\t).*/m,
        `$1${advertsOut}`,
      )
      tree[FILE] = text
      reads = 0
      const runs = recordRuns(stoppedClock(), 1000)
      const one: Link = { ...link, ifindex }
      const counters = begin(namespace, () => markNamed(mark), runs)(one, runs)
      const failed = runs.list().some(({ outcome }) => outcome === 'failed')
      return [counters === 'gone' ? counters : counters.routerAdvertsOut, reads, ...(failed ? ['failed'] : [])]
    },
  }
}

test('reads a file until two passes find no change, and again after a change', () => {
  const { pass } = makeMachine()
  expect([pass('a', 2), pass('a', 2), pass('a', 2), pass('a', 2)]).toEqual([
    [2, 1],
    [2, 1],
    [2, 0],
    [2, 0],
  ])
  expect([pass('b', 3), pass('b', 3), pass('b', 3)]).toEqual([
    [3, 1],
    [3, 1],
    [3, 0],
  ])
})

test('a message counted in the total but not yet by type is seen in the next pass', () => {
  const { pass } = makeMachine()
  expect([pass('a', 2), pass('a', 3), pass('a', 3)]).toEqual([
    [2, 1],
    [3, 1],
    [3, 0],
  ])
})

test('reads another interface, another namespace, and a namespace that was skipped', () => {
  const { pass } = makeMachine()
  for (let count = 0; count < 3; count += 1) pass('a', 2)
  expect(pass('a', 3, { ifindex: 8 })).toEqual([3, 1])
  expect(pass('a', 4)).toEqual([4, 1])
  expect(pass('a', 5, { namespace: 2 })).toEqual([5, 1])
  expect(pass('a', 6)).toEqual([6, 1])
})

test('every pass reports what it cannot read', () => {
  const { pass } = makeMachine()
  const beyond = '9007199254740992'
  expect([pass('a', beyond), pass('a', beyond), pass('a', beyond)]).toEqual(
    Array.from({ length: 3 }, () => [null, 1, 'failed']),
  )
})

test('without marks every file is read', () => {
  const { pass } = makeMachine()
  expect([pass(null, 2), pass(null, 2), pass(null, 3)]).toEqual([
    [2, 1],
    [2, 1],
    [3, 1],
  ])
})

test('a message between the reads of link and file does not discredit marks', () => {
  const { pass } = makeMachine()
  for (let count = 0; count < 500; count += 1) pass(`mark ${Math.floor(count / 21)}`, Math.floor((count + 1) / 21))
  expect([pass('z', 11), pass('z', 11), pass('z', 11)]).toEqual([
    [11, 1],
    [11, 1],
    [11, 0],
  ])
})

test('if the marks of a kernel miss messages, every file is read from then on', () => {
  const { pass } = makeMachine()
  const seen = Array.from({ length: 70 }, (_, count) => pass('a', count))
  const foundOut = seen.findLastIndex(([, reads]) => reads === 0) + 1
  expect(foundOut).toBeLessThanOrEqual(34)
  expect(seen.slice(foundOut)).toEqual(seen.slice(foundOut).map((_, count) => [foundOut + count, 1]))
})
