import { expect, type Page, test } from '@playwright/test'
import { hypervisorResource, page as pageOf, vmResource } from '@slashzero/contract/rest'
import { type Hypervisor, type SenderReading, startHypervisor, type Vm } from '@slashzero/lab'
import { createAdministrator, signIn } from '../slashzero/administrator.ts'
import { type Slashzero, startSlashzero } from '../slashzero/start.ts'

// Nothing here is simulated: radvd, taps, guest and collector are real. The pages are compared with the kernel's own
// answers.
test.describe.configure({ mode: 'serial' })
test.skip(
  process.platform !== 'linux' || process.getuid?.() !== 0,
  'it makes network namespaces and taps, which needs root on Linux',
)

const WITHIN = { timeout: 30_000, intervals: [250] }

let slashzero: Slashzero
let apiToken: string
let hypervisor: Hypervisor
let vm: Vm
let full: SenderReading
let id: string

test.beforeAll(async () => {
  test.setTimeout(300_000)
  slashzero = await startSlashzero()
  await createAdministrator(slashzero)
  apiToken = await slashzero.run('token', 'create', '--name', 'leak story', '--scopes', 'read')
  const enrolmentToken = await slashzero.run('token', 'enrol')
  hypervisor = await startHypervisor({ name: 'hv-leak', routeLifetimeSeconds: 20 })
  vm = await hypervisor.addVm({ name: 'vm-101', tap: 'tap101' })
  await hypervisor.runCollector({ server: slashzero.url, enrolmentToken })
})
test.afterAll(async () => {
  await hypervisor?.dispose()
  await slashzero?.stop()
})
test.beforeEach(({ context }) => signIn(context, slashzero))

test('a healthy hypervisor and its VM appear by themselves', async ({ page }) => {
  test.setTimeout(120_000)
  await page.goto(slashzero.url)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('The only VM has ::/0.', { timeout: 60_000 })
  const [row] = await readHypervisors()
  expect(row).toMatchObject({ name: 'hv-leak', status: 'healthy', vms: { total: 1, missing: 0, unknown: 0 } })
  id = row?.id ?? ''
})

test('with a full socket, the figures are the kernel’s own', async ({ page }) => {
  test.setTimeout(120_000)
  for (let round = 0; round < 3; round++) await hypervisor.churn(150)
  const reading = await hypervisor.readSender()
  if (!reading) throw new Error('radvd has no socket.')
  full = reading
  expect(full).toMatchObject({ optmemBytes: 365 * 56, optmemMaxBytes: 20_480, membershipBytes: 56 })
  expect(full.memberships).toHaveLength(365)

  await expect
    .poll(async () => (await readHypervisors())[0], WITHIN)
    .toMatchObject({
      status: 'sends-blocked',
      senders: [
        {
          daemon: 'radvd',
          version: '2.19',
          optmemBytes: full.optmemBytes,
          optmemMaxBytes: full.optmemMaxBytes,
          membershipBytes: full.membershipBytes,
          memberships: full.memberships.length,
          staleMemberships: full.staleInterfaceIndexes.length,
          joinsLeft: 0,
          sendsBlocked: true,
        },
      ],
    })
  await page.goto(`${slashzero.url}/hypervisors/${id}`)
  const senders = page.getByRole('region', { name: 'Senders' }).first()
  await expect(senders).toContainText('radvd 2.19')
  await expect(senders).toContainText('1 live + 364 stale of 365')
  await expect(senders).toContainText('20,440 B')
  await expect(senders).toContainText('of 20,480 B')
  await expect(senders).toContainText('blocked')
  const chart = page.getByRole('region', { name: /^Option memory/ }).first()
  await expect(chart).toContainText('Limit 20,480 B')
  await expect(chart).toContainText('Sends blocked from 20,440 B')
  await expect(chart.getByRole('figure', { name: /^20,440 B of 20,480 B used/ })).toBeVisible()
})

test('lists each stale membership', async ({ page }) => {
  const response = await page.request.get(
    `${slashzero.url}/trpc/hypervisor.senders?input=${encodeURIComponent(JSON.stringify({ id }))}`,
  )
  const answer: { result: { data: { items: { staleInterfaceIndexes: number[] }[] } } } = await response.json()
  const [sender] = answer.result.data.items
  expect(sender?.staleInterfaceIndexes.toSorted((one, other) => one - other)).toEqual(full.staleInterfaceIndexes)
})

test('all three pages list the VM within 30 s after its route ends', async ({ page, context }) => {
  test.setTimeout(150_000)
  const fleet = await open(page, '/')
  const vms = await open(await context.newPage(), '/vms')
  const detail = await open(await context.newPage(), `/hypervisors/${id}`)
  await expect.poll(() => vm.hasDefaultRoute(), { timeout: 60_000, intervals: [200] }).toBe(false)

  await expect
    .poll(readMissing, WITHIN)
    .toMatchObject([{ name: 'vm-101', uuid: vm.uuid, tap: { name: 'tap101' }, route: { status: 'missing' } }])
  // The pages update without a reload.
  await expect(fleet.getByRole('heading', { level: 1 })).toHaveText('1 VM on 1 hypervisor has no ::/0.')
  const row = fleet.getByRole('region', { name: 'Hypervisors' }).getByRole('row').nth(1)
  await expect(row).toContainText('hv-leak')
  await expect(row).toContainText('Sends blocked')
  await expect(row).toContainText('1 of 1')

  await expect(vms.getByRole('heading', { level: 1 })).toHaveText('1 VM on 1 hypervisor has no ::/0.')
  const listed = vms.getByRole('region', { name: 'VMs' }).getByRole('row').nth(1)
  await expect(listed).toContainText('vm-101')
  await expect(listed).toContainText('hv-leak')
  await expect(listed).toContainText('tap101')
  await expect(listed).toContainText('Missing')
  await expect(listed).toContainText('guest agent')

  await expect(detail.getByRole('heading', { level: 1 })).toHaveText('hv-leak: Its only VM has no ::/0.')
  await expect(detail.getByRole('region', { name: 'VMs of this hypervisor' }).first()).toContainText('Missing')
})

test('the VM leaves the list within 30 s after its route returns', async ({ page }) => {
  test.setTimeout(120_000)
  await open(page, '/vms')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('1 VM on 1 hypervisor has no ::/0.')
  await hypervisor.radvd.restart()
  await expect.poll(() => vm.hasDefaultRoute(), { timeout: 30_000, intervals: [200] }).toBe(true)
  await expect.poll(readMissing, WITHIN).toEqual([])
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('No VM is known to be without ::/0.')

  const reading = await hypervisor.readSender()
  const [row] = await readHypervisors()
  expect(row?.senders).toMatchObject([
    { optmemBytes: reading?.optmemBytes, memberships: 1, staleMemberships: 0, sendsBlocked: false },
  ])
})

async function open(page: Page, path: string): Promise<Page> {
  await page.goto(slashzero.url + path)
  await expect(page.getByRole('status').filter({ hasText: 'Live' })).toBeVisible()
  return page
}

async function readHypervisors() {
  return pageOf(hypervisorResource).parse(await readApi('/api/v1/hypervisors')).items
}

async function readMissing() {
  return pageOf(vmResource).parse(await readApi('/api/v1/vms?route=missing')).items
}

async function readApi(path: string): Promise<unknown> {
  const response = await fetch(slashzero.url + path, { headers: { authorization: `Bearer ${apiToken}` } })
  if (!response.ok) throw new Error(`${path} answered ${response.status}`)
  return response.json()
}
