import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Readable } from 'node:stream'
import { childEnvironment } from '../env.ts'

export type Slashzero = {
  readonly url: string
  /** The one-time link for the first administrator, as `npm start` prints it. */
  readonly setupLink: string
  /** Runs a `slashzero` command against this server's data; answers what it printed. */
  run(...args: string[]): Promise<string>
  stop(): Promise<void>
}

/** Starts what `npm start` starts, on a free port and a database of its own, without this machine's collector. */
export async function startSlashzero(): Promise<Slashzero> {
  const folder = await mkdtemp(`${tmpdir()}/slashzero-story-`)
  // PostgreSQL runs as a user of its own, who has to reach its folder in this one.
  await chmod(folder, 0o755)
  const command = (...args: string[]) =>
    spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'apps/cli/src/main.ts', ...args], {
      cwd: ROOT,
      env: childEnvironment({ SLASHZERO_DATA_DIR: folder, DATABASE_URL: '' }),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  const started = command('start', '--port', '0', '--no-collector')
  const stopWithUs = () => started.kill()
  process.once('exit', stopWithUs)
  const setupLink = await findSetupLink(started)
  return {
    url: new URL(setupLink).origin,
    setupLink,
    async run(...args) {
      const child = command(...args)
      const [output, complaint, [status]] = await Promise.all([
        read(child.stdout),
        read(child.stderr),
        once(child, 'close'),
      ])
      if (status !== 0) throw new Error(`slashzero ${args.join(' ')} ended with ${status}: ${complaint}`)
      return output.trim()
    },
    async stop() {
      const ended = once(started, 'exit')
      process.off('exit', stopWithUs)
      if (started.exitCode === null) {
        started.kill('SIGINT')
        await ended
      }
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function findSetupLink(started: ChildProcess): Promise<string> {
  const complaint = read(started.stderr)
  let output = ''
  for await (const chunk of started.stdout?.iterator({ destroyOnReturn: false }) ?? []) {
    output += String(chunk)
    const link = /http:\S+\/setup\?token=\S+/.exec(output)?.[0]
    if (!link) continue
    started.stdout?.resume()
    return link
  }
  throw new Error(`Slashzero did not start: ${output}${await complaint}`)
}

async function read(stream: Readable | null): Promise<string> {
  let text = ''
  for await (const chunk of stream ?? []) text += String(chunk)
  return text
}

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
