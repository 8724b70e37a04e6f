import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, afterAll, expect, test } from 'vitest'
import type { Vm } from '../vm/start.ts'
import { type Hypervisor, startHypervisor } from './start.ts'

const LIFETIME_SECONDS = 12
let hypervisor: Hypervisor
let vm: Vm

beforeAll(async () => {
  hypervisor = await startHypervisor({ name: 'leak-test', routeLifetimeSeconds: LIFETIME_SECONDS })
  vm = await hypervisor.addVm({ name: 'vm-101', tap: 'tap101' })
  await untilRoute(true, 15_000)
})
afterAll(() => hypervisor?.dispose())

test('a membership costs 56 bytes, and each deleted tap leaves one behind', async () => {
  await hypervisor.churn(150)
  const reading = await hypervisor.readSender()
  expect(reading?.memberships.length).toBe(151)
  expect(reading?.staleInterfaceIndexes.length).toBe(150)
  expect(reading).toMatchObject({ membershipBytes: 56, optmemBytes: 151 * 56 })
})

test('the socket is full at 365 memberships, and sends are blocked', async () => {
  await hypervisor.churn(150)
  await hypervisor.churn(150)
  const reading = await hypervisor.readSender()
  expect(reading).toMatchObject({ program: 'radvd', optmemBytes: 20_440, optmemMaxBytes: 20_480 })
  expect(reading?.memberships.length).toBe(365)
  expect(reading?.staleInterfaceIndexes.length).toBe(364)

  const sent = await hypervisor.countAdvertsOut('tap101')
  await sleep(5000)
  expect(await hypervisor.countAdvertsOut('tap101'), 'radvd sends every 3 to 4 s while it can').toBe(sent)
  await untilRoute(false, (LIFETIME_SECONDS + 2) * 1000)
})

test('a restart of radvd frees the socket, and the route returns', async () => {
  const before = await hypervisor.readSender()
  await hypervisor.radvd.restart()
  await untilRoute(true, 15_000)
  const after = await hypervisor.readSender()
  expect(after).toMatchObject({ pid: hypervisor.radvd.pid, optmemBytes: 56, staleInterfaceIndexes: [] })
  expect(after?.inode).not.toBe(before?.inode)
})

test('a VM that shuts down removes its tap and leaves its membership behind', async () => {
  const other = await hypervisor.addVm({ name: 'vm-102', tap: 'tap102' })
  await expect.poll(() => other.hasDefaultRoute(), { interval: 200 }).toBe(true)
  await other.dispose()
  expect(await hypervisor.cell.run('ls', ['/sys/class/net'])).not.toContain('tap102')
  const reading = await hypervisor.readSender()
  expect(reading?.staleInterfaceIndexes).toHaveLength(1)
  expect(reading?.memberships).toHaveLength(2)
  await hypervisor.radvd.restart()
  await untilRoute(true, 15_000)
})

test('nothing leaks if VMs come and go on taps that stay', async () => {
  const joined = { optmemBytes: 61 * 56, staleInterfaceIndexes: [] }
  await hypervisor.replug(60)
  await expect.poll(() => hypervisor.readSender()).toMatchObject(joined)
  await hypervisor.replug(60)
  await sleep(4000) // in which a leak would show
  await expect.poll(() => hypervisor.readSender()).toMatchObject(joined)
})

async function untilRoute(wanted: boolean, withinMilliseconds: number): Promise<void> {
  const deadline = Date.now() + withinMilliseconds
  while ((await vm.hasDefaultRoute()) !== wanted) {
    if (Date.now() > deadline)
      throw new Error(`After ${withinMilliseconds} ms the route is still ${wanted ? 'missing' : 'there'}.`)
    await sleep(200)
  }
}
