import { readFile } from 'node:fs/promises'
import { expect, type Page, test } from '@playwright/test'
import { page as pageOf, vmResource } from '@slashzero/contract/rest'
import { createAdministrator, signIn } from '../slashzero/administrator.ts'
import { reportHypervisor } from '../slashzero/report.ts'
import { type Slashzero, startSlashzero } from '../slashzero/start.ts'

const HOSTILE = `"><img src=x onerror="alert('run')">\n\u001b[31m<script>alert('run')</script>\u202e`

let slashzero: Slashzero
test.beforeAll(async () => {
  test.setTimeout(300_000)
  slashzero = await startSlashzero()
  await createAdministrator(slashzero)
  await reportHypervisor(slashzero, 'hv-north', [
    { name: 'web-1', tap: 'tap1', defaultRoute: 'absent' },
    { name: 'web-2', tap: 'tap2', defaultRoute: 'present' },
    { name: 'mail-1', tap: 'tap3', defaultRoute: 'expired' },
  ])
  await reportHypervisor(slashzero, 'hv-south', [
    { name: HOSTILE, tap: '<b>tap</b>', defaultRoute: 'absent' },
    { name: '=1+1', tap: 'tap2', defaultRoute: 'absent' },
  ])
})
test.afterAll(() => slashzero.stop())
test.beforeEach(({ context }) => signIn(context, slashzero))

test('the URL keeps filter, search and order through reload and back', async ({ page }) => {
  await page.goto(`${slashzero.url}/vms`)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('4 VMs on 2 hypervisors have no ::/0.')

  await page.getByRole('navigation', { name: 'VMs by status' }).getByRole('link', { name: 'All' }).click()
  await expect(page).toHaveURL(/[?&]route=all/)
  await page.getByRole('searchbox').fill('WEB')
  await expect(page).toHaveURL(/[?&]search=WEB/)
  await expect.poll(() => names(page)).toHaveLength(2)
  await page.getByRole('columnheader', { name: 'VM' }).getByRole('button').click()
  await expect.poll(() => names(page)).toEqual(['web-1', 'web-2'])
  await page.getByRole('columnheader', { name: 'VM' }).getByRole('button').click()
  await expect(page).toHaveURL(/[?&]sort=name&descending=true/)
  await expect.poll(() => names(page)).toEqual(['web-2', 'web-1'])

  await page.reload()
  await expect.poll(() => names(page)).toEqual(['web-2', 'web-1'])
  await expect(page.getByRole('searchbox')).toHaveValue('WEB')
  await page.goBack()
  await expect.poll(() => names(page)).toEqual(['web-1', 'web-2'])
})

test('shows all checks that disagree, first the check that counts and why', async ({ page, request }) => {
  await reportHypervisor(slashzero, 'hv-west', [
    { name: 'split-1', tap: 'tap1', defaultRoute: 'present', offLink: 'absent' },
    { name: 'split-2', tap: 'tap2', defaultRoute: 'absent', offLink: 'present' },
  ])
  await page.goto(`${slashzero.url}/vms?route=all&search=split-&sort=name`)
  const rows = page.getByRole('region', { name: 'VMs' }).locator('tbody tr')
  await expect(rows.nth(0)).toContainText(
    'The methods disagree (guest agent: a ::/0; off-link probe: no answer) and the guest agent counts',
  )
  await expect(rows.nth(0).getByRole('listitem')).toHaveText([
    /^guest agent: present.*ago$/,
    /^off-link probe: no answer.*ago$/,
  ])
  await expect(rows.nth(1)).toContainText('the off-link probe counts, because an answer proves that a route leads back')
  await expect(rows.nth(1).getByRole('listitem')).toHaveText([
    /^off-link probe: an answer.*ago$/,
    /^guest agent: absent.*ago$/,
  ])

  const authorization = `Bearer ${await slashzero.run('token', 'create', '--name', 'checks', '--scopes', 'read')}`
  const answer = await request.get(`${slashzero.url}/api/v1/vms`, { headers: { authorization } })
  const split = pageOf(vmResource)
    .parse(await answer.json())
    .items.find(({ name }) => name === 'split-1')
  expect(split?.route.checks.map(({ method, defaultRoute }) => [method, defaultRoute])).toEqual([
    ['guest-agent', 'present'],
    ['off-link-probe', 'absent'],
  ])
})

test('the list shows when routes end without advertisements', async ({ page }) => {
  await reportHypervisor(slashzero, 'hv-east', [
    { name: 'east-1', tap: 'tap1', defaultRoute: 'unknown', advertised: 300 },
    { name: 'east-2', tap: 'tap2', defaultRoute: 'unknown', advertised: 1200 },
    { name: 'east-3', tap: 'tap3', defaultRoute: 'present' },
  ])
  await page.goto(`${slashzero.url}/vms?route=all&search=east-&sort=name`)
  await expect.poll(() => names(page)).toEqual(['east-1', 'east-2', 'east-3'])
  const rows = page.getByRole('region', { name: 'VMs' }).locator('tbody tr')
  await expect(rows.nth(0)).toContainText(/ends at the latest in 24\s+min unless an advertisement comes/)
  await expect(rows.nth(1)).toContainText(/ends at the latest in 9\s+min unless an advertisement comes/)
  await expect(rows.nth(2)).toContainText(/ends in 29\s+min unless an advertisement comes/)
})

test('CSV has every VM of the filtered list and nothing that a spreadsheet runs', async ({ page }) => {
  await page.goto(`${slashzero.url}/vms?sort=name`)
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'CSV' }).click()
  const csv = await readFile(await (await download).path(), 'utf8')
  const lines = csv.trim().split('\r\n')
  expect(lines).toHaveLength(1 + 4)
  expect(csv).toContain('web-1')
  expect(csv).not.toContain('web-2')
  expect(csv).toContain(`'=1+1`)
  expect(csv).not.toContain('\u001b')
})

test('a hostile name is text on every page', async ({ page }) => {
  const dialogs: string[] = []
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message())
    void dialog.dismiss()
  })
  await page.goto(`${slashzero.url}/vms?search=onerror`)
  const row = page.getByRole('region', { name: 'VMs' }).getByRole('row').nth(1)
  await expect(row).toContainText(`"><img src=x onerror="alert('run')">␊␛[31m<script>alert('run')</script>`)
  await expect(row).toContainText('<b>tap</b>')
  await row.getByRole('link', { name: 'hv-south' }).click()
  await expect(page.getByRole('region', { name: 'VMs of this hypervisor' }).first()).toContainText(
    `<script>alert('run')</script>`,
  )
  await expect(page.getByRole('region', { name: 'Taps' }).first()).toContainText('<b>tap</b>')
  await expect(page.locator('img[src="x"]')).toHaveCount(0)
  expect(dialogs).toEqual([])
})

test('every page of a full sender names the next VM, its checks and the unknown', async ({ page }) => {
  const ends = { defaultRoute: 'unknown' } as const
  await reportHypervisor(
    slashzero,
    'hv-full',
    [
      { name: 'next-2', tap: 'tap1', advertised: 300, ...ends },
      { name: 'next-1', tap: 'tap2', advertised: 1200, ...ends },
    ],
    { stale: 363 },
  )
  await page.goto(slashzero.url)
  await expect(
    page.getByText(
      /Worst: hv-full, sends blocked since .*: 363 stale and 2 live memberships hold 20,440 of 20,480 bytes/,
    ),
  ).toBeVisible()
  const next = page.getByRole('region', { name: 'Next to lose ::/0' }).getByRole('listitem')
  await expect(next).toHaveText([
    /^next-1on hv-fullends at the latest in 9\s+min, and nothing can renew it/,
    /^next-2on hv-fullends at the latest in 24/,
  ])
  await expect(page.getByRole('region', { name: 'Lost ::/0 last' }).getByRole('listitem').first()).toContainText(
    'on hv-',
  )

  await page.getByRole('link', { name: /^2 VMs go dark, the first in 9/ }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('2 VMs will lose ::/0, and nothing can renew it.')
  await expect.poll(() => names(page)).toEqual(['next-1', 'next-2'])
  const csv = await page.request.get(
    `${slashzero.url}${await page.getByRole('link', { name: 'CSV' }).getAttribute('href')}`,
  )
  const exported = (await csv.text()).trim().split('\r\n').slice(1)
  expect(new Set(exported.map((line) => /next-\d/.exec(line)?.[0]))).toEqual(new Set(['next-1', 'next-2']))

  await page.getByRole('link', { name: 'hv-full' }).first().click()
  const senders = page.getByRole('region', { name: 'Senders', exact: true })
  await expect(senders).toContainText('Configuration /etc/radvd.conf, changed')
  await expect(senders).toContainText('tap1, tap2: router lifetime 1,800 s, sent every 200 to 600 s, no prefix.')
  await senders.getByText('Deleted interfaces that are still joined: 363').click()
  await expect(senders).toContainText('ifindex 1000–1362')
  await expect(page.getByRole('region', { name: 'What the collector cannot see here' })).toContainText(
    'off-link-source in its configuration turns it on',
  )

  await page.getByRole('region', { name: 'Taps', exact: true }).getByRole('link', { name: 'next-1' }).click()
  const checks = page.getByRole('region', { name: 'Checks', exact: true })
  await expect(checks.getByRole('row').filter({ hasText: 'off-link probe' })).toContainText(
    'Switched off: set off-link-source',
  )
  await expect(page.getByText('Counted from the last Router Advertisement seen on the VM’s tap.')).toBeVisible()
  await expect(page.getByRole('region', { name: 'Taps', exact: true })).toContainText(
    /RA sent 20\s+min ago: fe80::1, router lifetime 1,800\s+s/,
  )
})

test('rows do not move under the pointer', async ({ page }) => {
  await page.goto(`${slashzero.url}/?search=hv-steady`)
  await reportHypervisor(slashzero, 'hv-steady-1', [{ name: 'steady-1', tap: 'tap1', defaultRoute: 'present' }])
  const rows = page.getByRole('region', { name: 'Hypervisors, worst first' }).locator('tbody tr')
  await expect(rows).toHaveCount(1)
  await rows.first().hover()
  await reportHypervisor(slashzero, 'hv-steady-2', [{ name: 'steady-2', tap: 'tap1', defaultRoute: 'absent' }])
  await expect(rows).toHaveText([/hv-steady-1/, /hv-steady-2/])
  await expect(page.getByText('The order stays while you point at the rows.')).toBeVisible()
  await page.mouse.move(0, 0)
  await expect(rows).toHaveText([/hv-steady-2/, /hv-steady-1/])
  await rows.first().hover()
  await page.goto(`${slashzero.url}/vms?route=all&search=steady-&sort=name`)
  await page.getByRole('region', { name: 'VMs' }).locator('tbody tr').first().hover()
  await page.getByRole('link', { name: 'Missing' }).focus()
  await page.keyboard.press('Enter')
  await expect.poll(() => names(page)).toEqual(['steady-2'])
})

function names(page: Page): Promise<string[]> {
  const rows = page.getByRole('region', { name: 'VMs' }).locator('tbody tr')
  return rows.evaluateAll((all) => all.map((row) => row.querySelector('bdi')?.textContent ?? ''))
}
