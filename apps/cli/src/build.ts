import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { childEnvironment, root } from './env.ts'
import { run } from './process.ts'
import { Refusal, step } from './terminal.ts'

const TASK = ['run', 'build', '--filter=@slashzero/web', '--no-color']
const environment = () =>
  childEnvironment({ TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1', NEXT_TELEMETRY_DISABLED: '1' })

/** Holds the hash of the sources that the pages beside the file were built from. A build removes the file first. */
const MARK = join(root, 'apps/web/.next/slashzero-sources')

/**
 * Builds the pages if they have changed. Throws a Refusal if a server of this checkout runs, because the build would
 * replace that server's pages.
 */
export async function build(signal?: AbortSignal): Promise<void> {
  const sources = await hashSources(signal)
  if (sources === (await readFile(MARK, 'utf8').catch(() => null))) return
  const server = findServer(root)
  if (server !== null) {
    throw new Refusal(
      `Slashzero runs from ${root} (process ${server}), and a build of the changed pages would break it: stop it first.`,
    )
  }
  await rm(MARK, { force: true })
  await step('Building', () =>
    run('The build', 'turbo', [...TASK, '--output-logs=errors-only'], { signal, env: environment() }),
  )
  await writeFile(MARK, sources)
}

async function hashSources(signal?: AbortSignal): Promise<string> {
  const options = { cwd: root, env: environment(), signal, maxBuffer: Infinity }
  const { stdout } = await promisify(execFile)('turbo', [...TASK, '--dry=json'], options)
  const plan: { tasks: { hash: string }[] } = JSON.parse(stdout)
  return plan.tasks.map(({ hash }) => hash).join(' ')
}

/**
 * The server process that serves the built pages of a checkout, or null. Only Linux shows it, to root or its own user.
 */
export function findServer(checkout: string): number | null {
  try {
    return (
      readdirSync('/proc')
        .map(Number)
        .find((pid) => pid > 0 && isServer(pid, checkout)) ?? null
    )
  } catch {
    return null
  }
}

function isServer(pid: number, checkout: string): boolean {
  const read = (file: string) => readFileSync(`/proc/${pid}/${file}`, 'utf8').split('\0')
  try {
    // `slashzero dev` keeps its pages in a folder of their own.
    return (
      read('cmdline').includes('apps/web/server/main.ts') &&
      join(readlinkSync(`/proc/${pid}/cwd`), '/') === join(checkout, '/') &&
      !read('environ').includes('SLASHZERO_DEV=1')
    )
  } catch {
    return false
  }
}
