import { memoryUsage } from 'node:process'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { stoppedClock } from '../../testing/fake-clock.ts'
import { fakeKernel } from '../../testing/fake-kernel.ts'
import { recordRuns } from '../record-runs.ts'
import type { Holder } from './find-holders.ts'
import { createVmIdentifier } from './identify-vms.ts'
import type { Process } from './list-processes.ts'

function process(pid: number, name = 'qemu-system-x86'): Process {
  return { pid, name, parent: 1, kernelThread: false, ended: false, startTicks: pid * 100, namespace: 1, young: false }
}

/** The command lines of processes by pid. */
function tree(lines: Record<number, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(lines).flatMap(([pid, line]) => [
      [`/proc/${pid}/cmdline`, line],
      [`/proc/${pid}/stat`, stat(Number(pid), Number(pid) * 100)],
    ]),
  )
}

function stat(pid: number, startTicks: number): string {
  return `${pid} (any) S 1 ${'0 '.repeat(17)}${startTicks} 0 0\n`
}

function holder(of: Process, ...taps: string[]): Holder {
  return { process: of, sockets: new Map(), taps: taps.map((tap) => ({ tap })) }
}

async function identify(kernel: ReturnType<typeof fakeKernel>, processes: Process[], holders: Holder[]) {
  const runs = recordRuns(stoppedClock(), 1000)
  const vms = await createVmIdentifier(kernel)(processes, { holders, closed: [] }, runs)
  return { vms, failed: runs.list().filter(({ outcome }) => outcome === 'failed') }
}

test('names VMs; another program with a tap and a guest agent are not VMs', async () => {
  const all = [process(10), process(11, 'openvpn'), process(12, 'qemu-ga'), process(13, 'named-by-user')]
  const kernel = fakeKernel(
    tree({
      10: 'qemu-system-x86_64\0-nic\0none\0',
      11: 'openvpn\0--dev\0tap0\0',
      12: 'qemu-ga\0',
      13: 'kvm\0-name\0a"\n\x1b[31m<script>\0-uuid\x006B1F1A3E-5D0A-4C0E-9A3E-000000000101\0',
    }),
  )
  const { vms, failed } = await identify(kernel, all, [
    holder(all[1] ?? process(0), 'tap0'),
    holder(all[3] ?? process(0), 'tap1'),
  ])
  expect(vms).toMatchObject([
    { name: 'qemu-10', uuid: null, pid: 10, taps: [] },
    { name: 'a"\n\x1b[31m<script>', uuid: '6b1f1a3e-5d0a-4c0e-9a3e-000000000101', pid: 13, taps: [{ tap: 'tap1' }] },
  ])
  expect(failed).toEqual([])
})

test('a program with the name of QEMU needs a tap or the executable to be a VM', async () => {
  const all = [10, 11, 12, 13].map((pid) => process(pid))
  const lines = Object.fromEntries(all.map(({ pid }) => [pid, `qemu-system-x86_64\0-name\0vm-${pid}\0`]))
  const kernel = fakeKernel({
    ...tree(lines),
    '/proc/10/exe': { link: '/usr/bin/sleep' },
    '/proc/11/exe': { link: '/usr/bin/qemu-system-x86_64 (deleted)' },
    '/proc/12/exe': { link: '/usr/bin/node' },
    '/proc/13/exe': { refused: 'EACCES' },
  })
  const { vms } = await identify(kernel, all, [holder(all[2] ?? process(0), 'tap0')])
  expect(vms.map(({ name }) => name)).toEqual(['vm-11', 'vm-12', 'vm-13'])
})

test('a hanging command line is reported, and delays a pass by half a second once', async () => {
  let asked = 0
  const base = fakeKernel(tree({ 11: 'kvm\0-name\0b\0' }))
  const kernel = fakeKernel(tree({ 11: '' }), {
    readTextAsync: (path) => {
      if (path !== '/proc/10/cmdline') return base.readTextAsync(path)
      asked += 1
      return new Promise(() => undefined)
    },
  })
  const identifier = createVmIdentifier(kernel)
  for (let pass = 0; pass < 2; pass += 1) {
    const runs = recordRuns(stoppedClock(), 1000)
    const vms = await identifier([process(10), process(11)], { holders: [], closed: [] }, runs)
    expect(vms).toMatchObject([{ name: 'b' }])
    expect(runs.list().find(({ probe }) => probe === 'vms')).toMatchObject({
      outcome: 'failed',
      error: expect.stringContaining('/proc/10/cmdline: no answer within 500 ms'),
    })
  }
  expect(asked).toBe(1)
})

test('finds the agent channel that libvirt opened for QEMU by the inode of its socket', async () => {
  const device = 'virtserialport,chardev=c,name=org.qemu.guest_agent.0'
  const kernel = fakeKernel({
    ...tree({ 10: ['kvm', '-name', 'a', '-chardev', 'socket,id=c,fd=33,server=on', '-device', device].join('\0') }),
    '/proc/10/fd/33': { link: 'socket:[418808]' },
    '/proc/10/net/unix':
      'Num       RefCount Protocol Flags    Type St Inode Path\n0000000000000000: 00000002 00000000 00010000 0001 01 418808 /run/a.qga\n',
  })
  expect((await identify(kernel, [process(10)], [])).vms).toMatchObject([{ agentSocketPath: '/run/a.qga' }])
})

test('the kept facts of a VM do not keep the table of sockets in memory', async () => {
  setFlagsFromString('--expose-gc')
  const collectGarbage: () => void = runInNewContext('gc')
  const measure = () => {
    collectGarbage()
    return memoryUsage().heapUsed
  }
  const device = 'virtserialport,chardev=c,name=org.qemu.guest_agent.0'
  const row = '0000000000000000: 00000002 00000000 00010000 0001 01 418808 /run/libvirt/qemu/channel/a/agent.0\n'
  const readTable = () => `Num       RefCount Protocol Flags    Type St Inode Path\n${row.repeat(2000)}`
  const kernel = fakeKernel(
    {},
    {
      readTextAsync: async () =>
        ['kvm', '-name', 'a', '-chardev', 'socket,id=c,fd=33,server=on', '-device', device].join('\0'),
      readLink: (path) => (path.endsWith('/exe') ? '/usr/bin/kvm' : 'socket:[418808]'),
      readText: (path) => {
        const pid = Number(/^\/proc\/(\d+)\/stat$/.exec(path)?.[1])
        return pid > 0 ? stat(pid, pid * 100) : readTable()
      },
    },
  )
  const identifier = createVmIdentifier(kernel)
  const processes = Array.from({ length: 50 }, (_, index) => process(10 + index))
  const before = measure()
  const vms = await identifier(processes, { holders: [], closed: [] }, recordRuns(stoppedClock(), 1000))
  expect(measure() - before).toBeLessThan(1_000_000)
  expect(vms).toHaveLength(50)
})

test('a VM that ends meanwhile is no failure', async () => {
  expect(await identify(fakeKernel({}), [process(10)], [])).toEqual({ vms: [], failed: [] })
})

test('the command line of a reused pid is not attributed to the old process', async () => {
  const kernel = fakeKernel({ ...tree({ 10: 'kvm\0-name\0other\0' }), '/proc/10/stat': stat(10, 2000) })
  expect(await identify(kernel, [process(10)], [])).toEqual({ vms: [], failed: [] })
})

test('many hanging command lines leave threads for the rest of the collector', async () => {
  let asked = 0
  const readTextAsync = (): Promise<string> => {
    asked += 1
    return new Promise(() => undefined)
  }
  const { vms, failed } = await identify(
    fakeKernel({}, { readTextAsync }),
    Array.from({ length: 50 }, (_, index) => process(10 + index)),
    [],
  )
  expect([asked, vms]).toEqual([4, []])
  expect(failed).toMatchObject([
    {
      probe: 'vms',
      error: expect.stringContaining('/proc/12/cmdline: no answer within 500 ms, so the read hangs; and 47 more'),
    },
  ])
})
