import type { Link } from '@slashzero/linux'
import { senderReport } from '@slashzero/contract/report'
import { expect, test } from 'vitest'
import { systemClock } from '../../clock.ts'
import { stoppedClock } from '../../testing/fake-clock.ts'
import { SystemError } from '../../io/kernel.ts'
import type { Kernel } from '../../io/kernel.ts'
import { fakeKernel } from '../../testing/fake-kernel.ts'
import { recordRuns } from '../record-runs.ts'
import type { Holder } from '../process/find-holders.ts'
import type { Tap } from '../namespace/read-taps.ts'
import { createSenderReader } from './read-senders.ts'
import type { Survey } from '../namespace/survey-namespace.ts'

const LINK: Link = {
  ifindex: 1,
  name: 'lo',
  kind: null,
  ethernet: false,
  up: true,
  multicast: false,
  master: null,
  vlanOf: null,
  mtu: 1500,
  forwarding: false,
  ipv6Disabled: false,
}
const SURVEY: Survey = {
  namespace: { id: 1, name: null, entrance: null, tables: '/proc/thread-self/net' },
  rawSockets: [7],
  rawRows: new Map([[7, { protocol: 58, uid: 0, inode: 7, receiveDrops: 3 }]]),
  links: [LINK],
  taps: [],
  unjoined: new Set(),
  readNamed: () => [],
  joinedInterfaces: 0,
  limit: { optmemMaxBytes: 20480, optmemMaxSource: 'namespace' },
  diagnosed: { unavailable: 'sock_diag: none here' },
}
const TREE = { '/proc/20/fd/3': { link: 'socket:[7]' }, '/proc/stat': 'btime 1700000000\n' }

/** SO_MEMINFO of a socket with this number of memberships. */
function memoryOf(memberships: number): Uint8Array {
  return new Uint8Array(new Uint32Array([0, 0, 0, 0, 0, 0, 56 * memberships, 0, 0]).buffer)
}

/** A process with one raw ICMPv6 socket that holds these memberships; null if the socket may not be asked. */
function read(executable: string, members: number[] | null | Kernel['withSocket'], survey = SURVEY) {
  const answer: Kernel['withSocket'] = (_pid, _descriptor, _inode, work) => {
    if (!Array.isArray(members)) throw new SystemError('pidfd_getfd', 'EPERM')
    return work({ memory: () => memoryOf(members.length), holdsAllRouters: (ifindex) => members.includes(ifindex) })
  }
  const withSocket = typeof members === 'function' ? members : answer
  const process = {
    pid: 20,
    name: 'any',
    parent: 1,
    kernelThread: false,
    ended: false,
    startTicks: 150,
    namespace: 1,
    young: false,
  }
  const holder: Holder = { process, sockets: new Map([[7, 3]]), taps: [] }
  const kernel = fakeKernel({ ...TREE, '/proc/20/exe': { link: executable } }, { withSocket, dumpLinks: () => [] })
  const runs = recordRuns(stoppedClock(), 1000)
  const senders = createSenderReader(kernel, systemClock, 10)()(survey, { holders: [holder], closed: [] }, 56, runs)
  return {
    senders,
    failed: runs
      .list()
      .filter(({ outcome }) => outcome === 'failed')
      .map(({ probe }) => probe),
  }
}

test('a daemon is a sender before it has joined anything', () => {
  expect(read('/usr/sbin/radvd', [])).toEqual({
    senders: [
      {
        daemon: 'radvd',
        version: null,
        pid: 20,
        startedAt: '2023-11-14T22:13:21.500Z',
        executableDeleted: false,
        configuration: null,
        sockets: [
          {
            inode: 7,
            optmemBytes: 0,
            method: 'pidfd',
            unmeasuredReason: null,
            receiveDrops: 3,
            joinedInterfaces: 0,
            staleInterfacesFound: 0,
            staleInterfaceIndexes: [],
          },
        ],
      },
    ],
    failed: [],
  })
})

test.each([
  ['networkd as a client', '/lib/systemd/systemd-networkd', [], 0],
  ['networkd as a router', '/lib/systemd/systemd-networkd', [1], 1],
  ['networkd with only stale memberships', '/lib/systemd/systemd-networkd', [9], 1],
  ['an unknown program that joined', '/opt/my-ra', [1], 1],
  ['dnsmasq only for DHCPv6', '/usr/sbin/dnsmasq', [], 0],
  ['dnsmasq that advertises', '/usr/sbin/dnsmasq', [1], 1],
  ['ping', '/usr/bin/ping', [], 0],
])('%s', (_, executable, members, count) => {
  const { senders, failed } = read(executable, members)
  expect(senders).toHaveLength(count)
  expect(failed).toEqual([])
})

test('without access to the socket, only the name of a possible sender counts', () => {
  const networkd = read('/lib/systemd/systemd-networkd', null)
  expect(networkd.senders).toMatchObject([
    { sockets: [{ optmemBytes: null, unmeasuredReason: expect.stringContaining('CAP_SYS_PTRACE') }] },
  ])
  expect(networkd.failed).toEqual(['optmem', 'stale-memberships'])
  expect(read('/usr/bin/ping', null)).toEqual({ senders: [], failed: [] })
})

test('two senders list the taps they have joined; a single sender does not', () => {
  const link = (ifindex: number, name: string): Link => ({ ...LINK, kind: 'tun', ethernet: true, name, ifindex })
  const links = [LINK, link(2, 'tap2'), link(3, 'tap3'), link(4, 'eth0')]
  const counters = {
    routerSolicitsIn: null,
    routerAdvertsIn: null,
    routerAdvertsOut: null,
    allRoutersUsers: 2,
    forwarding: true,
    up: true,
  }
  const tap = (ifindex: number, name: string): Tap => ({
    ...counters,
    ifindex,
    name,
    byteName: name,
    listener: name,
    kind: 'tap',
  })
  const taps = [tap(2, 'tap2'), tap(3, 'tap3')]
  const members: Record<number, number[]> = { 20: [2, 4], 30: [3, 2] }
  const withSocket: Kernel['withSocket'] = (pid, _descriptor, _inode, work) =>
    work({ memory: () => memoryOf(2), holdsAllRouters: (ifindex) => members[pid]?.includes(ifindex) ?? false })
  const holders = [20, 30].map((pid): Holder => {
    const process = {
      pid,
      name: 'any',
      parent: 1,
      kernelThread: false,
      ended: false,
      startTicks: 150,
      namespace: 1,
      young: false,
    }
    return { process, sockets: new Map([[pid, 3]]), taps: [] }
  })
  const tree = Object.fromEntries([20, 30].map((pid) => [`/proc/${pid}/fd/3`, { link: `socket:[${pid}]` }]))
  const executables = { '/proc/20/exe': { link: '/usr/sbin/radvd' }, '/proc/30/exe': { link: '/usr/sbin/dnsmasq' } }
  const kernel = fakeKernel({ ...tree, ...executables, '/proc/stat': 'btime 1700000000\n' }, { withSocket })
  const listenersOf = (rawSockets: number[]) => {
    const survey = { ...SURVEY, rawSockets, links, taps }
    return createSenderReader(kernel, systemClock, 10)()(
      survey,
      { holders, closed: [] },
      56,
      recordRuns(stoppedClock(), 1000),
    ).map(({ joinedListeners }) => joinedListeners)
  }
  expect(listenersOf([20, 30])).toEqual([['tap2'], ['tap2', 'tap3']])
  expect(listenersOf([20])).toEqual([undefined])
})

test('the fullest sockets of a daemon are reported, up to the bound of a report', () => {
  const inodes = Array.from({ length: 300 }, (_, index) => 1000 + index)
  const process = {
    pid: 20,
    name: 'any',
    parent: 1,
    kernelThread: false,
    ended: false,
    startTicks: 150,
    namespace: 1,
    young: false,
  }
  const holder: Holder = { process, sockets: new Map(inodes.map((inode) => [inode, inode])), taps: [] }
  const links = Object.fromEntries(inodes.map((inode) => [`/proc/20/fd/${inode}`, { link: `socket:[${inode}]` }]))
  const withSocket: Kernel['withSocket'] = (_pid, _descriptor, inode, work) =>
    work({
      memory: () => memoryOf(inode === 1299 ? 3 : 1),
      holdsAllRouters: (ifindex) => ifindex === 1 || (inode === 1299 && ifindex < 4),
    })
  const kernel = fakeKernel(
    { ...links, '/proc/20/exe': { link: '/usr/sbin/bird' }, '/proc/stat': 'btime 1700000000\n' },
    { withSocket },
  )
  const survey = { ...SURVEY, rawSockets: inodes }
  const [sender] = createSenderReader(kernel, stoppedClock(), 10)()(
    survey,
    { holders: [holder], closed: [] },
    56,
    recordRuns(stoppedClock(), 1000),
  )
  expect(senderReport.safeParse(sender).error).toBeUndefined()
  expect(sender?.sockets.map(({ inode }) => inode)).toEqual([1299, ...inodes.slice(0, 255)])
  expect(sender?.sockets[0]).toMatchObject({ optmemBytes: 168, staleInterfaceIndexes: [2, 3] })
})

test('drops need no right, and are unknown for a socket missing in the table', () => {
  const drops = (survey: Survey) =>
    read('/usr/sbin/radvd', null, survey).senders.map(({ sockets }) => sockets[0]?.receiveDrops)
  expect(drops(SURVEY)).toEqual([3])
  expect(drops({ ...SURVEY, rawRows: new Map() })).toEqual([null])
})

test('a membership that ends during a pass is neither stale nor charged', () => {
  const readings = [2, 1]
  const withSocket: Kernel['withSocket'] = (_pid, _descriptor, _inode, work) =>
    work({ memory: () => memoryOf(readings.shift() ?? 1), holdsAllRouters: (ifindex) => ifindex === 1 })
  const { senders } = read('/usr/sbin/radvd', withSocket, { ...SURVEY, diagnosed: new Map([[7, 3 * 56]]) })
  expect(senders[0]?.sockets).toMatchObject([
    { optmemBytes: 56, method: 'pidfd', joinedInterfaces: 1, staleInterfaceIndexes: [] },
  ])
})
