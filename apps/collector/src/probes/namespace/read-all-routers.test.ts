import type { Link } from '@slashzero/linux'
import { expect, test } from 'vitest'
import { stoppedClock } from '../../testing/fake-clock.ts'
import { fakeKernel } from '../../testing/fake-kernel.ts'
import type { FakeFile } from '../../testing/fake-kernel.ts'
import { recordRuns } from '../record-runs.ts'
import { countJoined, createAllRoutersReader } from './read-all-routers.ts'

function link(ifindex: number, more: Partial<Link> = {}): Link {
  return {
    ifindex,
    name: `if${ifindex}`,
    kind: null,
    ethernet: true,
    up: true,
    multicast: true,
    master: null,
    vlanOf: null,
    mtu: 1500,
    forwarding: true,
    ipv6Disabled: false,
    ...more,
  }
}

function read(igmp6: FakeFile | undefined) {
  const runs = recordRuns(stoppedClock(), 1000)
  const kernel = fakeKernel(igmp6 === undefined ? {} : { '/proc/thread-self/net/igmp6': igmp6 })
  const users = createAllRoutersReader(kernel)(runs)
  return { users, unread: runs.list().filter(({ outcome }) => outcome !== 'ok') }
}

function count(links: Link[], users: Record<number, number>) {
  return countJoined(links, new Map(Object.entries(users).map(([ifindex, number]) => [Number(ifindex), number])))
}

test('reads only the users of ff02::2', () => {
  const rows =
    '1 lo ff020000000000000000000000000001 1 0000000C 0\n5 eth0 ff020000000000000000000000000002 2 00000004 0\n'
  expect(read(rows)).toEqual({ users: new Map([[5, 2]]), unread: [] })
})

test.each([
  ['a refusal', { refused: 'EACCES' }, 'failed'],
  ['half a row', '5 eth0 ff02', 'failed'],
  ['no IPv6', undefined, 'absent'],
])('%s is not 0 users', (_, igmp6, outcome) => {
  const { users, unread } = read(igmp6)
  expect(users).toBeNull()
  expect(unread).toMatchObject([{ probe: 'all-routers-users', outcome }])
  expect(countJoined([link(5)], users)).toBeNull()
})

test('counts each interface once, beyond the membership of the kernel itself', () => {
  const off = { forwarding: false }
  const links = [link(1), link(2), link(3, { kind: 'bridge' }), link(4, off), link(5, off), link(6)]
  expect(count(links, { 1: 1, 2: 2, 3: 3, 4: 1 })).toBe(3)
})

test('the kernel itself does not join an interface without multicast', () => {
  expect(count([link(1, { name: 'lo', multicast: false })], { 1: 1 })).toBe(1)
})

test('unknown forwarding on a joined interface makes the count unknown', () => {
  expect(count([link(1), link(2, { forwarding: null })], { 1: 2, 2: 1 })).toBeNull()
  expect(count([link(1), link(2, { forwarding: null })], { 1: 2 })).toBe(1)
})

test('an interface that came after the reading of the links does not count', () => {
  expect(count([link(1)], { 1: 2, 9: 1 })).toBe(1)
})
