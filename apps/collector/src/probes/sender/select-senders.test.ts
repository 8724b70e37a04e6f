import { expect, test } from 'vitest'
import { fakeKernel } from '../../testing/fake-kernel.ts'
import type { Holder } from '../process/find-holders.ts'
import type { Process } from '../process/list-processes.ts'
import { selectCandidates } from './select-senders.ts'

function process(pid: number, name: string, parent = 1): Process {
  return { pid, name, parent, kernelThread: false, ended: false, startTicks: pid, namespace: 1, young: false }
}

function holder(of: Process, ...sockets: number[]): Holder {
  return { process: of, sockets: new Map(sockets.map((inode) => [inode, inode + 1000])), taps: [] }
}

test('a socket of two processes belongs to the parent, whichever started first', () => {
  const holders = [holder(process(20, 'radvd', 30), 7), holder(process(30, 'radvd'), 7)]
  const kernel = fakeKernel({ '/proc/30/exe': { link: '/usr/sbin/radvd (deleted)' } })
  expect(selectCandidates(kernel, 1, [7], { holders, closed: [] })).toMatchObject({
    candidates: [
      {
        process: { pid: 30 },
        daemon: 'radvd',
        executable: { deleted: true },
        standing: 'daemon',
        sockets: [{ inode: 7, descriptor: 1007 }],
      },
    ],
    unowned: [],
  })
})

test.each([
  ['/usr/sbin/dnsmasq', 'dnsmasq', 'perhaps'],
  ['/usr/sbin/bird6', 'bird', 'perhaps'],
  ['/usr/lib/frr/zebra', 'zebra', 'perhaps'],
  ['/usr/bin/corerad', 'corerad', 'daemon'],
  ['/usr/sbin/odhcpd', 'odhcpd', 'daemon'],
  ['/usr/sbin/rad', 'rad', 'daemon'],
  ['/lib/systemd/systemd-networkd', 'systemd-networkd', 'perhaps'],
  ['/usr/bin/ping', 'ping', 'unknown'],
  ['/opt/my-ra', 'my-ra', 'unknown'],
])('%s is %s', (path, daemon, standing) => {
  const kernel = fakeKernel({ '/proc/20/exe': { link: path } })
  const { candidates } = selectCandidates(kernel, 1, [7], { holders: [holder(process(20, 'anything'), 7)], closed: [] })
  expect(candidates).toMatchObject([{ daemon, standing }])
})

test('without rights, the surest daemon by name gets the sockets without an owner', () => {
  const kernel = fakeKernel({ '/proc/20/exe': { refused: 'EACCES' }, '/proc/22/exe': { refused: 'EACCES' } })
  const closed = [
    process(20, 'dnsmasq'),
    process(21, 'radvd', 22),
    process(22, 'radvd'),
    process(23, 'systemd-network'),
  ]
  const holders = [holder(process(40, 'ping'), 8)]
  expect(selectCandidates(kernel, 1, [7, 8], { holders, closed }).candidates).toMatchObject([
    { daemon: 'ping', sockets: [{ inode: 8 }] },
    { process: { pid: 22 }, daemon: 'radvd', executable: null, sockets: [{ inode: 7, descriptor: null }] },
  ])
})

test('a daemon in another namespace does not get these sockets', () => {
  const closed = [{ ...process(20, 'radvd'), namespace: 2 }]
  expect(selectCandidates(fakeKernel({}), 1, [7], { holders: [], closed })).toEqual({ candidates: [], unowned: [7] })
})
