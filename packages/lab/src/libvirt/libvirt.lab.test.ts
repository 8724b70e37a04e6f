import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { collectOnce } from '../collector/collect-once.ts'
import { prepareKernel } from '../qemu/prepare-kernel.ts'
import { unable } from '../qemu/unable.ts'
import { GATEWAY } from './make-guest.ts'
import { type Libvirt, startLibvirt } from './start.ts'

const vm = { name: 'vm-101', uuid: '11111111-2222-4333-8444-555555555101' }

describe.skipIf(unable)('a Linux guest of a real libvirtd that holds the real agent’s socket', () => {
  let libvirt: Libvirt
  beforeAll(async () => {
    libvirt = await startLibvirt('libvirt-test')
    await libvirt.boot(await prepareKernel(), vm)
  }, 120_000)
  afterAll(() => libvirt?.dispose())

  const check = async () => (await collectOnce(libvirt.cell)).routeChecks

  test('reads its default route through libvirt', async () => {
    expect(await check()).toEqual([
      expect.objectContaining({ vm, method: 'guest-agent', defaultRoute: 'present', gateway: GATEWAY, reason: null }),
    ])
    await libvirt.runInGuest(vm.name, '/sbin/ip', '-6', 'route', 'del', 'default')
    expect(await check()).toMatchObject([{ vm, defaultRoute: 'absent' }])
  })

  test('asks nobody without an agent, and reads the route when the agent is back', async () => {
    await libvirt.runInGuest(vm.name, '/bin/busybox', 'killall', 'qemu-ga').catch(() => {})
    await expect
      .poll(check)
      .toMatchObject([
        { vm, defaultRoute: 'unknown', reason: expect.stringContaining('libvirt is not connected to an agent') },
      ])
    await expect.poll(check).toMatchObject([{ vm, defaultRoute: 'absent' }])
  })

  test('a libvirtd that hangs or ended makes the route unknown, with the reason', async () => {
    // On a busy machine a pass may end before the check of a VM does.
    await libvirt.signal('STOP')
    await expect
      .poll(check)
      .toMatchObject([
        { vm, defaultRoute: 'unknown', reason: expect.stringContaining('no answer in time from libvirt') },
      ])
    await libvirt.signal('CONT')
    await expect.poll(check).toMatchObject([{ vm, defaultRoute: 'absent' }])
    await libvirt.signal('KILL')
    await expect
      .poll(check)
      .toMatchObject([
        { vm, defaultRoute: 'unknown', reason: expect.stringContaining('libvirt is not connected to an agent') },
      ])
  })
})
