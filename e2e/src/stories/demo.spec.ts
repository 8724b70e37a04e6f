import { expect, test } from '@playwright/test'
import { createAdministrator, signIn } from '../slashzero/administrator.ts'
import { type Slashzero, startSlashzero } from '../slashzero/start.ts'

let slashzero: Slashzero
test.beforeAll(async () => {
  test.setTimeout(300_000)
  slashzero = await startSlashzero()
  await createAdministrator(slashzero)
})
test.afterAll(() => slashzero.stop())

test('an empty fleet explains itself; one click loads the demo, another removes it', async ({ page }) => {
  test.setTimeout(300_000)
  await signIn(page.context(), slashzero)
  await page.goto(slashzero.url)
  await expect(page.getByRole('heading', { name: 'No hypervisor reports yet.' })).toBeVisible()
  await expect(page.getByRole('link', { name: 'Add a hypervisor' })).toHaveAttribute('href', '/add-hypervisor')

  await page.getByRole('button', { name: 'Load the demo fleet' }).click()
  const banner = page.getByRole('complementary', { name: 'Demo data' })
  await expect(banner).toContainText('200 simulated hypervisors', { timeout: 240_000 })
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^[\d,]+ VMs on \d+ hypervisors have no ::\/0\.$/)
  const rows = page.getByRole('region', { name: 'Hypervisors' }).getByRole('row')
  await expect(rows.nth(1)).toContainText('Demo')
  await expect(rows.nth(1)).toContainText('Sends blocked')

  await banner.getByRole('button', { name: 'Remove' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove demo data' }).click()
  await expect(page.getByRole('heading', { name: 'No hypervisor reports yet.' })).toBeVisible({ timeout: 30_000 })
  await expect(banner).toBeHidden()
})
