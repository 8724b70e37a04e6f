import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'

const root = fileURLToPath(new URL('../../../..', import.meta.url))
const READY = { timeout: 150_000, interval: 200 }
const ENDED = { timeout: 20_000, interval: 100 }

let folder: string
let port: number
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sz-start-'))
  chmodSync(folder, 0o755)
  port = await new Promise((resolve) => {
    const probe = createServer().listen(0, () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const BIN = [process.execPath, 'apps/cli/bin/slashzero.mjs', 'start', '--port'] as const
const NPM = ['npm', 'start', '--', '--port'] as const

test('a killed start leaves nothing running, and a part that dies comes back', async () => {
  const first = start(BIN)
  await ready(first)
  await expect.poll(() => descendants(first.pid).map(nameOf), ENDED).toContain('collector')
  const parts = descendants(first.pid)
  expect(parts.map(nameOf)).toEqual(expect.arrayContaining(['main', 'postgres', 'server']))
  kill(parts, 'main')
  // The second start begins at once, while the parts of the first start are still ending.
  const second = start(BIN)
  await expect.poll(() => parts.filter(isAlive).map(nameOf), ENDED).toEqual([])
  await ready(second)

  await expect.poll(() => descendants(second.pid).map(nameOf), ENDED).toContain('collector')
  kill(descendants(second.pid), 'collector')
  await expect
    .poll(second.said, ENDED)
    .toContain("This machine's collector ended (SIGKILL); it is started again in 1 s.")
  await expect.poll(() => descendants(second.pid).map(nameOf), ENDED).toContain('collector')

  kill(descendants(second.pid), 'postgres')
  await expect.poll(second.said, ENDED).toContain('PostgreSQL runs again.')
  await expect.poll(async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).status, ENDED).toBe(200)

  await endsWith(second)
  const third = start(NPM)
  await ready(third)
  await endsWith(third)
}, 400_000)

type Started = { readonly pid: number; readonly said: () => string }

/** Kills the outermost process. */
async function endsWith({ pid }: Started): Promise<void> {
  const parts = descendants(pid)
  expect(parts.map(nameOf)).toContain('postgres')
  process.kill(pid, 'SIGKILL')
  await expect.poll(() => parts.filter(isAlive).map(nameOf), ENDED).toEqual([])
}

function start([command, ...args]: readonly [string, ...string[]]): Started {
  const child: ChildProcess = spawn(command, [...args, String(port)], {
    cwd: root,
    env: { PATH: process.env['PATH'], HOME: folder, SLASHZERO_DATA_DIR: join(folder, 'data') },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGTERM'))
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (text += chunk.toString()))
  return { pid: child.pid ?? 0, said: () => text }
}

function ready(started: Started): Promise<void> {
  return expect.poll(started.said, READY).toContain('Slashzero is ready')
}

type Program = { readonly pid: number; readonly command: string }

/** The programs below a process, without PostgreSQL's workers. */
function descendants(pid: number): Program[] {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  const children = all.filter((name) => read(`/proc/${name}/stat`).split(') ').at(-1)?.split(' ')[1] === String(pid))
  return children.flatMap((name) => {
    const own = { pid: Number(name), command: read(`/proc/${name}/cmdline`).replaceAll('\0', ' ') }
    return nameOf(own) === 'postgres' ? [own] : [own].concat(descendants(own.pid))
  })
}

function nameOf({ command }: Program): string {
  if (command.includes('cli/src/main.ts')) return 'main'
  if (command.includes('web/server/main.ts')) return 'server'
  if (command.includes('slashzero-collector.mjs')) return 'collector'
  return /bin\/postgres /.test(command) ? 'postgres' : command
}

function kill(programs: readonly Program[], name: string): void {
  const found = programs.find((program) => nameOf(program) === name)
  if (found === undefined) throw new Error(`there is no ${name} among ${programs.map(nameOf).join(', ')}`)
  process.kill(found.pid, 'SIGKILL')
}

function isAlive({ pid, command }: Program): boolean {
  return command !== '' && read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ') === command
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
