import { execFile, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { report as reportSchema } from '@slashzero/contract/report'
import type { Report } from '@slashzero/contract/report'

const execute = promisify(execFile)
const SERVE = fileURLToPath(new URL('../serve-for-check.ts', import.meta.url))

/** A container that runs systemd over a copy of this Debian machine, and the server that its collector delivers to. */
export type Machine = {
  /** Path of the container's file system. */
  readonly root: string
  /** The reports that the collector has delivered, latest last. */
  readonly reports: Report[]
  /** Interfaces that radvd had joined when they were deleted. */
  leaked: number
  /** Runs a program inside; out: its standard output. Throws if the program fails. */
  readonly run: (...command: string[]) => Promise<string>
  /** Runs a script of `sh` inside. */
  readonly shell: (script: string) => Promise<string>
  /** Waits up to a minute until `holds` returns true. */
  readonly until: (what: string, holds: () => Promise<boolean>) => Promise<void>
  /** Starts the server, which offers the packages of the folder `dist`; out: its address inside. */
  readonly serve: (dist: string) => Promise<string>
}

/** Boots the machine and calls `work` with it; the machine ends with the call, or with a signal to this process. */
export async function withMachine(dist: string, work: (machine: Machine) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'slashzero-check-'))
  const children: ChildProcess[] = []
  const end = () => endAll(children, folder)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void end().then(() => process.exit(1)))
  }
  try {
    const nspawn = await boot(folder, dist)
    children.push(nspawn)
    const machine = createMachine(`${folder}/root`, nspawn, children)
    await machine.until('systemd has started', async () =>
      /running|degraded/.test(await machine.shell('systemctl is-system-running || true')),
    )
    await work(machine)
  } finally {
    await end()
  }
}

function createMachine(root: string, nspawn: ChildProcess, children: ChildProcess[]): Machine {
  const reports: Report[] = []

  async function run(...command: string[]): Promise<string> {
    const running = execute('nsenter', [...enter(nspawn), '-m', '-u', '-i', '-n', '-p', '-C', '--', ...command], {
      maxBuffer: 1 << 26,
    })
    // A program that asks a question gets no answer.
    running.child.stdin?.end()
    const { stdout } = await running.catch((error: unknown) => {
      const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : ''
      throw new Error(`${command.join(' ')} failed: ${said || String(error)}`, { cause: error })
    })
    return stdout
  }

  async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const late = performance.now() + 60_000
    while (performance.now() < late) {
      if (await holds().catch(() => false)) return
      await sleep(300)
    }
    const failed =
      reports.at(-1)?.runs.flatMap(({ probe, error }) => (error === null ? [] : `${probe}: ${error}`)) ?? []
    throw new Error([`not within 60 s: ${what}; failed probes of the last report:`, ...failed].join('\n'))
  }

  /** The server is a process of this machine in the container's network. */
  async function serve(dist: string): Promise<string> {
    const child = spawn('nsenter', [...enter(nspawn), '-n', '--', process.execPath, SERVE, dist], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    children.push(child)
    const lines = createInterface({ input: child.stdout })
    const [first] = await once(lines, 'line')
    lines.on('line', (line) => reports.push(reportSchema.parse(JSON.parse(line))))
    return String(first)
  }

  return { root, reports, leaked: 0, run, shell: (script) => run('sh', '-c', script), until, serve }
}

/** The arguments of nsenter that name the first process inside. */
function enter({ pid }: ChildProcess): string[] {
  const [first = ''] = readdirSync(`/proc/${pid}/task`).map((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim(),
  )
  return ['-t', first]
}

/** Boots a container: systemd is its first process, its files are this machine's files, and writes go to memory. */
async function boot(folder: string, dist: string): Promise<ChildProcess> {
  await execute('mount', ['-t', 'tmpfs', 'none', folder])
  for (const name of ['upper', 'work', 'root']) mkdirSync(join(folder, name))
  await execute('mount', [
    '-t',
    'overlay',
    'overlay',
    '-o',
    `lowerdir=/,upperdir=${folder}/upper,workdir=${folder}/work`,
    `${folder}/root`,
  ])
  // Container images have a policy that keeps packages from starting services.
  rmSync(`${folder}/root/usr/sbin/policy-rc.d`, { force: true })
  const limits = ['--private-network', '--capability=all', '--system-call-filter=@known']
  return spawn(
    'systemd-nspawn',
    [
      '-q',
      '--register=no',
      '--keep-unit',
      '-D',
      `${folder}/root`,
      ...limits,
      `--bind-ro=${dist}:/srv/dist`,
      '--kill-signal=SIGRTMIN+3',
      '-b',
      '--',
      '--unit=basic.target',
    ],
    { stdio: 'ignore' },
  )
}

async function endAll(children: readonly ChildProcess[], folder: string): Promise<void> {
  for (const child of children.toReversed()) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), 20_000)
    await ended
    clearTimeout(timer)
  }
  for (const path of [`${folder}/root`, folder]) await execute('umount', [path]).catch(() => undefined)
  if (readdirSync(folder).length === 0) rmdirSync(folder)
}
