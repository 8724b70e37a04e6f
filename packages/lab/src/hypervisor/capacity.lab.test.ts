import { expect, onTestFinished, test } from 'vitest'
import { startHypervisor } from './start.ts'

test('honest memberships fill the socket too, and no membership is stale', async ({ skip }) => {
  const hypervisor = await startHypervisor({ name: 'capacity-test', optmemMaxBytes: 4096 })
  onTestFinished(() => hypervisor.dispose())
  const limit = await hypervisor.cell.run('sh', ['-c', 'cat /proc/sys/net/core/optmem_max || true'])
  skip(limit === '', 'a namespace has no limit of its own before Linux 6.8')
  await hypervisor.addTaps(100)
  const reading = await hypervisor.readSender()
  expect(reading).toMatchObject({ optmemBytes: 73 * 56, optmemMaxBytes: 4096, staleInterfaceIndexes: [] })
  expect(reading?.memberships.length).toBe(73)
})

test('radvd serves a newly configured tap only after a reload', async () => {
  const hypervisor = await startHypervisor({ name: 'reload-test', served: ['tap101'] })
  onTestFinished(() => hypervisor.dispose())
  const vm = await hypervisor.addVm({ name: 'vm-102', tap: 'tap102' })
  await expect.poll(() => hypervisor.readSender()).toMatchObject({ memberships: [] })
  expect(await vm.hasDefaultRoute()).toBe(false)
  await hypervisor.radvd.reload(['tap101', 'tap102'])
  await expect.poll(() => vm.hasDefaultRoute(), { interval: 200 }).toBe(true)
})
