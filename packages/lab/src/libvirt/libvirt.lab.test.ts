import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { collectOnce } from '../collector/collect-once.ts'
import { prepareKernel } from '../qemu/prepare-kernel.ts'
import { unable } from '../qemu/unable.ts'
import { GATEWAY } from './make-guest.ts'
import { type Libvirt, startLibvirt } from './start.ts'

const vm = { name: 'vm-101', uuid: '11111111-2222-4333-8444-555555555101' }

describe.skipIf(unable)('a Linux guest of a real libvirtd, which holds the socket of its real agent', () => {
  let libvirt: Libvirt
  beforeAll(async () => {
    libvirt = await startLibvirt('libvirt-test')
    await libvirt.boot(await prepareKernel(), vm)
  }, 120_000)
  afterAll(() => libvirt?.dispose())

  const check = async () => (await collectOnce(libvirt.cell)).routeChecks

  test('its default route is read through libvirt', async () => {
    expect(await check()).toEqual([
      expect.objectContaining({ vm, method: 'guest-agent', defaultRoute: 'present', gateway: GATEWAY, reason: null }),
    ])
    await libvirt.runInGuest(vm.name, '/sbin/ip', '-6', 'route', 'del', 'default')
    expect(await check()).toMatchObject([{ vm, defaultRoute: 'absent' }])
  })

  test('without an agent in the guest nobody is asked, and with one again the route is known again', async () => {
    await libvirt.runInGuest(vm.name, '/bin/busybox', 'killall', 'qemu-ga').catch(() => {})
    await expect
      .poll(check)
      .toMatchObject([
        { vm, defaultRoute: 'unknown', reason: expect.stringContaining('libvirt is connected to no agent') },
      ])
    await expect.poll(check, { timeout: 30_000 }).toMatchObject([{ vm, defaultRoute: 'absent' }])
  })

  test('a libvirtd that hangs, or is gone, is unknown with the reason', async () => {
    await libvirt.signal('STOP')
    expect(await check()).toMatchObject([
      { vm, defaultRoute: 'unknown', reason: expect.stringContaining('no answer in time from libvirt') },
    ])
    await libvirt.signal('CONT')
    expect(await check()).toMatchObject([{ vm, defaultRoute: 'absent' }])
    await libvirt.signal('KILL')
    expect(await check()).toMatchObject([
      { vm, defaultRoute: 'unknown', reason: expect.stringContaining('libvirt is connected to no agent') },
    ])
  })
})
