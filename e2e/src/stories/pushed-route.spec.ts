import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from '@playwright/test'
import { childEnvironment, SEARCH_PATH } from '../env.ts'
import { createAdministrator, signIn } from '../slashzero/administrator.ts'
import { reportHypervisor } from '../slashzero/report.ts'
import { type Slashzero, startSlashzero } from '../slashzero/start.ts'

const execute = promisify(execFile)
const TABLES = new URL('../../../packages/route-table/fixtures/freebsd/', import.meta.url)

let slashzero: Slashzero
let folder: string
test.beforeAll(async () => {
  test.setTimeout(300_000)
  folder = await mkdtemp(join(tmpdir(), 'slashzero-guest-'))
  slashzero = await startSlashzero()
  await createAdministrator(slashzero)
  await reportHypervisor(slashzero, 'hv-north', [{ name: 'web-1', tap: 'tap1', defaultRoute: 'unknown' }])
})
test.afterAll(async () => {
  await slashzero.stop()
  await rm(folder, { recursive: true })
})

test('a VM without an agent pushes its route until its token is revoked', async ({ page, context, request }) => {
  await signIn(context, slashzero)
  await page.goto(`${slashzero.url}/vms?route=unknown`)
  await page.getByRole('link', { name: 'web-1' }).click()
  const headline = page.getByRole('heading', { level: 1 })
  await expect(headline).toHaveText('web-1 could not be checked for ::/0.')

  await page.getByRole('button', { name: 'Create token' }).click()
  const tokens = page.getByRole('region', { name: 'Let this VM push its own routes' })
  const command = tokens.locator('pre')
  await expect(command).toContainText('/install/guest/slashzero-push.sh')
  const token = /sz_vm_[\w-]+/.exec(await command.innerText())?.[0] ?? ''
  const script = await (await request.get(`${slashzero.url}/install/guest/slashzero-push.sh`)).text()
  const sums = await (await request.get(`${slashzero.url}/install/guest/SHA256SUMS`)).text()
  expect(sums).toContain(`${createHash('sha256').update(script).digest('hex')}  slashzero-push.sh\n`)
  await writeFile(join(folder, 'slashzero-push.sh'), script)
  const [, lines = ''] = /^(\(umask 077 .*<<\.\n[^]*?\n\.)$/m.exec(await command.innerText()) ?? []
  await execute('sh', ['-c', lines.replace('/etc/slashzero-push', join(folder, 'file'))])

  await expect(push('broken.txt')).resolves.toBe('Taken: there is no default route.\n')
  // Without a reload.
  await expect(headline).toHaveText('web-1 has no ::/0.')
  await expect(
    page.getByRole('region', { name: 'Checks' }).getByRole('row').filter({ hasText: 'pushed by the guest' }),
  ).toContainText('absent')
  await expect(push('healthy.txt')).rejects.toThrow(/One push each 10 s is enough/)

  await tokens.getByRole('button', { name: 'Windows' }).click()
  await expect(command).toContainText('slashzero-push.ps1')
  await page.reload()
  await expect(tokens).toBeVisible()
  await expect(page.getByText(token)).toHaveCount(0)
  await tokens.getByRole('button', { name: 'Revoke' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke token' }).click()
  await expect(tokens.getByText(/^revoked/)).toBeVisible()
  await expect.poll(() => push('healthy.txt').catch(String), { timeout: 15_000 }).toContain('unknown or was revoked')
})

test('the command line makes such a token too', async () => {
  expect(await slashzero.run('token', 'vm', 'web-1')).toMatch(/^sz_vm_[\w-]{43}$/)
  expect(await slashzero.run('token', 'list', '--vm', 'web-1')).toMatch(/^vmtoken_\S+ {2}never used {2}active$/m)
  await expect(slashzero.run('token', 'vm', 'nobody')).rejects.toThrow('There is no VM nobody.')
})

test('the page of an unknown VM says so', async ({ page, context }) => {
  await signIn(context, slashzero)
  await page.goto(`${slashzero.url}/vms/vm_none`)
  await expect(page.getByText('VM not found.')).toBeVisible()
})

/** Runs the script as in a FreeBSD guest whose netstat prints this table. */
async function push(table: string): Promise<string> {
  await writeFile(join(folder, 'uname'), '#!/bin/sh\necho FreeBSD\n', { mode: 0o755 })
  await writeFile(join(folder, 'table'), await readFile(new URL(table, TABLES)))
  await writeFile(join(folder, 'netstat'), `#!/bin/sh\ncat ${join(folder, 'table')}\n`, { mode: 0o755 })
  const env = childEnvironment({ PATH: `${folder}:${SEARCH_PATH}` })
  const { stdout } = await execute('sh', [join(folder, 'slashzero-push.sh'), join(folder, 'file')], { env })
  return stdout
}
