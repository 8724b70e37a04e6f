import { expect, type Page, test } from '@playwright/test'
import { administrator } from '../slashzero/administrator.ts'
import { type Slashzero, startSlashzero } from '../slashzero/start.ts'

test.describe.configure({ mode: 'serial' })

let slashzero: Slashzero
test.beforeAll(async () => {
  test.setTimeout(300_000)
  slashzero = await startSlashzero()
})
test.afterAll(() => slashzero.stop())

const FLEET_IS_EMPTY = 'No hypervisor reports yet.'

test('the one-time link sets up the first administrator, who lands on the fleet', async ({ page }) => {
  await page.goto(slashzero.setupLink)
  await page.getByLabel('Name').fill(administrator.name)
  await page.getByLabel('E-mail').fill(administrator.email)
  await page.getByLabel('Password', { exact: true }).fill('too short')
  await page.getByLabel('Password, again').fill('too short')
  await page.getByRole('button', { name: 'Create administrator' }).click()
  await expect(page.getByText('9 of at least 12 characters.')).toBeVisible()

  await page.getByLabel('Password', { exact: true }).fill(administrator.password)
  await page.getByLabel('Password, again').fill(administrator.password)
  await page.getByRole('button', { name: 'Create administrator' }).click()
  await expect(page.getByRole('heading', { name: FLEET_IS_EMPTY })).toBeVisible()
})

test('the link works once', async ({ page }) => {
  await page.goto(slashzero.setupLink)
  await expect(page.getByRole('button', { name: 'Create administrator' })).toBeHidden()
  const token = new URL(slashzero.setupLink).searchParams.get('token')
  const again = await page.request.post(`${slashzero.url}/trpc/setup.createAdministrator`, {
    headers: { origin: slashzero.url },
    data: { ...administrator, email: 'eve@example.com', token },
  })
  expect(again.ok()).toBe(false)
})

for (const path of ['/', '/vms?route=all', '/hypervisors/hv_any', '/account', '/add-hypervisor']) {
  test(`without a session, ${path} leads to the sign-in`, async ({ page }) => {
    await page.goto(slashzero.url + path)
    await expect(page).toHaveURL(/\/sign-in/)
    await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
  })
}

for (const path of [
  '/trpc/fleet.summary',
  '/trpc/vm.page',
  '/api/v1/vms',
  '/api/v1/hypervisors',
  '/api/export/vms.csv',
]) {
  test(`without a session or a token, ${path} says nothing`, async ({ request }) => {
    const response = await request.get(slashzero.url + path)
    expect(response.status()).toBe(401)
  })
}

test('sign-in leads to the requested page, and sign-out ends the session', async ({ page }) => {
  await page.goto(`${slashzero.url}/vms?route=all`)
  await signInByPage(page, 'not the password at all')
  await expect(page.getByRole('alert').filter({ hasText: /./ })).toBeVisible()
  await signInByPage(page, administrator.password)
  await expect(page).toHaveURL(`${slashzero.url}/vms?route=all`)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^No VM /)

  await page.getByRole('link', { name: 'Account and API tokens' }).click()
  await expect(page.getByText(`Signed in as ${administrator.name}`)).toBeVisible()
  const cookies = await page.context().cookies()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await expect(page).toHaveURL(/\/sign-in/)

  await page.context().addCookies(cookies)
  await page.goto(slashzero.url)
  await expect(page, 'the session itself has ended, not only its cookie').toHaveURL(/\/sign-in/)
})

test('sign-in never leads to another site', async ({ page }) => {
  await page.goto(`${slashzero.url}/sign-in?next=/.//evil.example`)
  await signInByPage(page, administrator.password)
  await expect(page).toHaveURL(`${slashzero.url}/`)
})

test('an API token says when it expires, and a changed password ends other sessions', async ({ page, browser }) => {
  const other = await browser.newPage()
  for (const one of [other, page]) {
    await one.goto(`${slashzero.url}/account`)
    await signInByPage(one, administrator.password)
    await expect(one.getByText(`Signed in as ${administrator.name}`)).toBeVisible()
  }
  const tokens = page.getByRole('region', { name: 'API tokens' })
  const days = tokens.getByLabel('Days until it expires')
  await expect(days).toHaveValue('90')
  await expect(days).toHaveAttribute('max', '365')
  await tokens.getByLabel('Token name').fill('tickets')
  await days.fill('7')
  await tokens.getByRole('button', { name: 'Create token' }).click()
  await expect(tokens.getByRole('row').filter({ hasText: 'tickets' })).toContainText(/in 6\sdays/)

  await page.getByLabel('Current password').fill(administrator.password)
  await page.getByLabel('New password', { exact: true }).fill('another horse battery staple')
  await page.getByLabel(/again/i).fill('another horse battery staple')
  await page.getByRole('button', { name: 'Change password' }).click()
  await expect(page.getByText('Password changed. Other sessions have ended.')).toBeVisible()
  await page.reload()
  await expect(page.getByText(`Signed in as ${administrator.name}`)).toBeVisible()
  await other.goto(`${slashzero.url}/account`)
  await expect(other).toHaveURL(/\/sign-in/)
})

async function signInByPage(page: Page, password: string): Promise<void> {
  await page.getByLabel('E-mail').fill(administrator.email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}
