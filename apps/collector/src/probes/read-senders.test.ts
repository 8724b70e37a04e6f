import type { Link } from '@slashzero/linux'
import { expect, test } from 'vitest'
import { SystemError } from '../io/kernel.ts'
import type { Kernel } from '../io/kernel.ts'
import { fakeKernel } from '../lab/fake-kernel.ts'
import { recordRuns } from '../pass/record-runs.ts'
import type { Holder } from './find-holders.ts'
import { createSenderReader } from './read-senders.ts'
import type { Survey } from './survey-namespace.ts'

const LINK: Link = { ifindex: 1, name: 'lo', kind: null, ethernet: false, up: true, multicast: false, master: null, forwarding: false, icmpMark: null }
const SURVEY: Survey = {
  namespace: { id: 1, name: null, entrance: null, tables: '/proc/thread-self/net' },
  rawSockets: [7],
  links: [LINK],
  ports: [],
  joinedInterfaces: 0,
  limit: { optmemMaxBytes: 20480, optmemMaxSource: 'namespace' },
  diagnosed: { unavailable: 'sock_diag: none here' },
}
const TREE = { '/proc/20/fd/3': { link: 'socket:[7]' }, '/proc/stat': 'btime 1700000000\n' }

/** A process with one raw ICMPv6 socket that holds these memberships; null where it may not be asked. */
function read(executable: string, members: number[] | null) {
  const memory = new Uint8Array(new Uint32Array([0, 0, 0, 0, 0, 0, 56 * (members?.length ?? 0), 0, 0]).buffer)
  const withSocket: Kernel['withSocket'] = (_pid, _descriptor, work) => {
    if (members === null) throw new SystemError('pidfd_getfd', 'EPERM')
    return work({ memory: () => memory, holdsAllRouters: (ifindex) => members.includes(ifindex) })
  }
  const process = { pid: 20, name: 'any', parent: 1, kernelThread: false, ended: false, startTicks: 150, namespace: 1, young: false }
  const holder: Holder = { process, sockets: new Map([[7, 3]]), ports: [] }
  const kernel = fakeKernel({ ...TREE, '/proc/20/exe': { link: executable } }, { withSocket, dumpLinks: () => [] })
  const runs = recordRuns(() => 0, 1000)
  const senders = createSenderReader(kernel, 10_000)()(SURVEY, { holders: [holder], closed: [] }, 56, runs)
  return { senders, failed: runs.list().filter(({ outcome }) => outcome === 'failed').map(({ probe }) => probe) }
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
        sockets: [{ inode: 7, optmemBytes: 0, method: 'pidfd', unmeasuredReason: null, staleInterfaceIndexes: [] }],
      },
    ],
    failed: [],
  })
})

test.each([
  ['networkd as a client', '/lib/systemd/systemd-networkd', [], 0],
  ['networkd as a router', '/lib/systemd/systemd-networkd', [1], 1],
  ['networkd with nothing but stale ones', '/lib/systemd/systemd-networkd', [9], 1],
  ['a program that nobody knows and that joined', '/opt/my-ra', [1], 1],
  ['ping', '/usr/bin/ping', [], 0],
])('%s', (_, executable, members, count) => {
  const { senders, failed } = read(executable, members)
  expect(senders).toHaveLength(count)
  expect(failed).toEqual([])
})

test('where the socket may not be asked, a name that may be a sender\'s counts and another does not', () => {
  const networkd = read('/lib/systemd/systemd-networkd', null)
  expect(networkd.senders).toMatchObject([{ sockets: [{ optmemBytes: null, unmeasuredReason: expect.stringContaining('CAP_SYS_PTRACE') }] }])
  expect(networkd.failed).toEqual(['optmem', 'stale-memberships'])
  expect(read('/usr/bin/ping', null)).toEqual({ senders: [], failed: [] })
})
