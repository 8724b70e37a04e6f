import { expect, type Page, test } from '@playwright/test'
import { createAdministrator, signIn } from '../slashzero/administrator.ts'
import { reportHypervisor } from '../slashzero/report.ts'
import { type Slashzero, startSlashzero } from '../slashzero/start.ts'

const LONG_NAME =
  'a-name-that-an-orchestrator-makes-of-a-project-an-availability-zone-and-a-serial-number-0000000000000001'

let slashzero: Slashzero
let hypervisorPath: string
let vmPath: string
test.beforeAll(async () => {
  test.setTimeout(300_000)
  slashzero = await startSlashzero()
  await createAdministrator(slashzero)
  await reportHypervisor(slashzero, LONG_NAME, [
    { name: LONG_NAME, tap: 'tap0123456789ab', defaultRoute: 'absent' },
    { name: 'web-2', tap: 'tap2', defaultRoute: 'present' },
  ])
  const token = await slashzero.run('token', 'create', '--name', 'look', '--scopes', 'read')
  const firstId = async (list: string) => {
    const response = await fetch(`${slashzero.url}/api/v1/${list}`, { headers: { authorization: `Bearer ${token}` } })
    return /"id":"([^"]+)"/.exec(await response.text())?.[1]
  }
  hypervisorPath = `/hypervisors/${await firstId('hypervisors')}`
  vmPath = `/vms/${await firstId('vms')}`
})
test.afterAll(() => slashzero.stop())

test('the theme follows the system, and a choice outlives the page', async ({ page }) => {
  await signIn(page.context(), slashzero)
  await page.emulateMedia({ colorScheme: 'light' })
  await page.goto(slashzero.url)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  expect(await brightness(page)).toBeGreaterThan(200)
  await page.emulateMedia({ colorScheme: 'dark' })
  expect(await brightness(page)).toBeLessThan(60)

  await page.getByRole('button', { name: /^Theme: system/ }).click()
  await page.getByRole('button', { name: /^Theme: dark/ }).click()
  expect(await brightness(page)).toBeGreaterThan(200)
  await page.reload()
  await expect(page.getByRole('button', { name: /^Theme: light/ })).toBeVisible()
  expect(await brightness(page)).toBeGreaterThan(200)
})

test('no page scrolls sideways on a telephone', async ({ page }) => {
  await signIn(page.context(), slashzero)
  await page.setViewportSize({ width: 390, height: 844 })
  for (const path of ['/', hypervisorPath, '/vms', '/vms?route=all', vmPath, '/add-hypervisor', '/account']) {
    await page.goto(slashzero.url + path)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await page.waitForLoadState('load')
    expect(await overflow(page), path).toBe(0)
  }
  await page.context().clearCookies()
  await page.goto(`${slashzero.url}/sign-in`)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  expect(await overflow(page), '/sign-in').toBe(0)
})

/** Brightness of the page's background, from 0 to 255. */
function brightness(page: Page): Promise<number> {
  return page.evaluate(() => {
    const context = document.createElement('canvas').getContext('2d')
    if (!context) throw new Error('no canvas')
    context.fillStyle = getComputedStyle(document.documentElement).backgroundColor
    context.fillRect(0, 0, 1, 1)
    const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data
    return (red + green + blue) / 3
  })
}

function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
}
