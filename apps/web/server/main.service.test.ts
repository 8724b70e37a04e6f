import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { openTestDatabase, type TestDatabase } from '@slashzero/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'

let db: TestDatabase
beforeAll(async () => (db = await openTestDatabase()))
afterAll(() => db.close())

test.each(['SIGTERM', 'SIGINT'] as const)('%s ends the process cleanly and in time', async (signal) => {
  const server = run({ PORT: '0' })
  const port = await server.listening
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200)
  expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404)
  server.child.kill(signal)
  const { code, stdout, stderr } = await server.ended
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).not.toContain('the process ends before all its work has ended')
})

test('the server ends when the process that started it is gone', async () => {
  const server = run({ PORT: '0' })
  await server.listening
  const exit = once(server.child, 'exit')
  // As the kernel does it for a parent that was killed.
  server.child.disconnect()
  expect(await exit).toEqual([0, null])
})

test('stdout holds only JSON lines', async () => {
  const server = run({ PORT: '0', LOG_LEVEL: 'debug' })
  await server.listening
  server.child.kill('SIGTERM')
  const { stdout } = await server.ended
  expect(
    stdout
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line)),
  ).toContainEqual(expect.objectContaining({ msg: 'listening', port: expect.any(Number) }))
})

test('a port in use stops the start with a sentence that says what to do', async () => {
  const taken = createServer().listen(0)
  await new Promise((resolve) => taken.once('listening', resolve))
  const address = taken.address()
  const port = typeof address === 'object' && address ? String(address.port) : ''
  expect(await run({ PORT: port }).ended).toMatchObject({
    code: 1,
    stderr: `Port ${port} is in use by another program; stop the program or set PORT to another port.\n`,
  })
  taken.close()
})

test('an absent database or another schema stops the start with one sentence', async () => {
  const away = await run({ DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none' }).ended
  expect(away.code).toBe(1)
  expect(away.stderr).toMatch(/^[^\n]*database[^\n]*\n$/i)
  const empty = await openTestDatabase({ migrated: false })
  const unmigrated = await run({ DATABASE_URL: empty.url }).ended
  await empty.close()
  expect(unmigrated.code).toBe(1)
  expect(unmigrated.stderr).toMatch(/^[^\n]+\n$/)
})

test('a bad environment stops the start with one sentence', async () => {
  expect(await run({ SLASHZERO_SECRET: 'short' }).ended).toMatchObject({
    code: 1,
    stderr:
      'SLASHZERO_SECRET is not valid: set SLASHZERO_SECRET to at least 32 random characters, the same in every process with the role web.\n',
  })
})

/** Runs the process without pages, because pages need a build. */
function run(env: Record<string, string>) {
  const main = fileURLToPath(new URL('main.ts', import.meta.url))
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      NODE_ENV: 'production',
      PATH: process.env['PATH'],
      DATABASE_URL: db.url,
      SLASHZERO_SECRET: 's'.repeat(32),
      SLASHZERO_ROLES: 'ingest,worker',
      ...env,
    },
  })
  let stdout = ''
  let stderr = ''
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    child.once('close', (code) => resolve({ code, stdout, stderr }))
  })
  const listening = new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      stdout += chunk.toString()
      const port = /"port":(\d+)[^\n]*"msg":"listening"/.exec(stdout)?.[1]
      if (port) resolve(port)
    })
    ended.then(({ stderr: reason }) => reject(new Error(reason))).catch(reject)
  })
  listening.catch(() => undefined)
  return { child, listening, ended }
}
