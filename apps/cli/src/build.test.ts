import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { findServer } from './build.ts'

/** Starts a process that looks like the server of a checkout. */
async function startServer(checkout: string, env: NodeJS.ProcessEnv = {}) {
  const script = 'console.log(1); setInterval(() => {}, 1000)'
  const child = spawn(process.execPath, ['-e', script, 'apps/web/server/main.ts'], { cwd: checkout, env })
  onTestFinished(() => void child.kill())
  await once(child.stdout, 'data')
  return child
}

test.skipIf(process.platform !== 'linux')(
  'finds the server of this checkout alone, and not that of `dev`',
  async () => {
    const checkout = realpathSync(mkdtempSync(join(tmpdir(), 'slashzero-checkout-')))
    onTestFinished(() => rmSync(checkout, { recursive: true }))
    await startServer(tmpdir())
    await startServer(checkout, { SLASHZERO_DEV: '1' })
    expect(findServer(checkout)).toBeNull()
    const server = await startServer(checkout)
    expect(findServer(`${checkout}/`)).toBe(server.pid)
    server.kill()
    await once(server, 'exit')
    expect(findServer(checkout)).toBeNull()
  },
)
