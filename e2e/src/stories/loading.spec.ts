import { expect, type Page, test } from '@playwright/test'
import { createAdministrator, signIn } from '../slashzero/administrator.ts'
import { reportHypervisor } from '../slashzero/report.ts'
import { type Slashzero, startSlashzero } from '../slashzero/start.ts'

const ANSWER = '40 VMs on 1 hypervisor have no ::/0.'

let slashzero: Slashzero
test.beforeAll(async () => {
  test.setTimeout(300_000)
  slashzero = await startSlashzero()
  await createAdministrator(slashzero)
  const vms = Array.from({ length: 40 }, (_, index) => ({
    name: `web-${String(index).padStart(2, '0')}`,
    tap: `tap${index}`,
    defaultRoute: 'absent' as const,
  }))
  await reportHypervisor(slashzero, 'hv-north', vms)
})
test.afterAll(() => slashzero.stop())
test.beforeEach(({ context }) => signIn(context, slashzero))

test('the first HTML says the answer before any script runs', async ({ browser }) => {
  const context = await browser.newContext({ javaScriptEnabled: false })
  await signIn(context, slashzero)
  const page = await context.newPage()
  for (const path of ['/', '/vms']) {
    await page.goto(slashzero.url + path)
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(ANSWER)
  }
  await context.close()
})

test('both renderings of a page agree in another time zone', async ({ browser }) => {
  const context = await browser.newContext({ timezoneId: 'Asia/Kathmandu' })
  await signIn(context, slashzero)
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', ({ message }) => faults.push(message))
  for (const path of ['/', '/vms']) await settle(page, path)
  await page.getByRole('link', { name: 'hv-north' }).first().click()
  await expect(page.getByRole('heading', { level: 1 })).toContainText('hv-north')
  await settle(page, new URL(page.url()).pathname)
  await context.close()
  expect(faults).toEqual([])
})

test('a navigation while the server is away keeps the page and goes on later', async ({ page, context }) => {
  await settle(page, '/')
  await context.setOffline(true)
  await page.getByRole('link', { name: 'VMs', exact: true }).click()
  await expect(page.getByText('Waiting for the server')).toBeVisible()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(ANSWER)
  await context.setOffline(false)
  await expect(page).toHaveURL(`${slashzero.url}/vms`, { timeout: 15_000 })
  await expect(page.getByText('Waiting for the server')).toBeHidden()
})

test('a panel that cannot be read leaves the page alone and tries again', async ({ page }) => {
  await settle(page, '/vms')
  let isAway = true
  await page.route('**/trpc/vm.page*', (route) => (isAway ? route.abort() : route.continue()))
  await page.getByRole('navigation', { name: 'VMs by status' }).getByRole('link', { name: 'All' }).click()
  const notice = page.getByRole('region', { name: 'VMs', exact: true }).getByRole('alert')
  await expect(notice).toContainText('The VMs could not be read.')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('40 VMs in all.')
  await notice.getByRole('button', { name: 'Try again' }).click()
  isAway = false
  await expect(rows(page)).toHaveCount(25)
})

test('pages of a list go forth and back, also by the browser', async ({ page }) => {
  await settle(page, '/vms?sort=name')
  await expect(rows(page).first()).toContainText('web-00')
  const pager = page.getByRole('navigation', { name: 'Pages of VMs' })
  await expect(pager).toContainText('1–25 of 40')
  await pager.getByRole('button', { name: 'Next' }).click()
  await expect(pager).toContainText('26–40 of 40')
  await expect(rows(page).first()).toContainText('web-25')
  await expect(pager.getByRole('button', { name: 'Next' })).toBeDisabled()
  await pager.getByRole('button', { name: 'Previous' }).click()
  await expect(rows(page).first()).toContainText('web-00')
  await page.goBack()
  await expect(rows(page).first()).toContainText('web-25')
  // A reload forgets the steps, not the place.
  await page.reload()
  await expect(rows(page).first()).toContainText('web-25')
  await pager.getByRole('button', { name: 'First page' }).click()
  await expect(rows(page).first()).toContainText('web-00')
})

test('a place in the list that the server refuses leads to the first page, with a word', async ({ page }) => {
  await page.goto(`${slashzero.url}/vms?cursor=nonsense`)
  await expect(page.getByText('The place in the list was no longer valid: this is the first page.')).toBeVisible()
  await expect(rows(page)).toHaveCount(25)
  expect(new URL(page.url()).searchParams.has('cursor')).toBe(false)
})

test('a tab in the background has no stream, and reads again when it comes back', async ({ page }) => {
  await settle(page, '/')
  const ended = page.waitForEvent('requestfailed', (request) => request.url().includes('/trpc/live.watch'))
  await hide(page, true)
  await ended
  // Next fetches the pages behind visible links once, and may be late.
  const asked: string[] = []
  page.on('request', (request) => request.url().includes('/trpc/') && asked.push(request.url()))
  await reportHypervisor(slashzero, 'hv-south', [{ name: 'mail-1', tap: 'tap1', defaultRoute: 'absent' }])
  await page.waitForTimeout(1500)
  expect(asked).toEqual([])
  await hide(page, false)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('41 VMs on 2 hypervisors have no ::/0.')
})

/** Opens a page and waits until changes reach it. */
async function settle(page: Page, path: string): Promise<void> {
  await page.goto(slashzero.url + path)
  await expect(page.getByRole('status').filter({ hasText: 'Live' })).toBeVisible()
}

function rows(page: Page) {
  return page.getByRole('region', { name: 'Table: VMs' }).locator('tbody tr')
}

async function hide(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate((isHidden) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => isHidden })
    document.dispatchEvent(new Event('visibilitychange'))
  }, hidden)
}
