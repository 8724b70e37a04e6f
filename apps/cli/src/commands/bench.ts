import { createApiToken, createEnrolmentToken, createSetupLink } from '@slashzero/services'
import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { chmod, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { withSystem } from '../database.ts'
import { benchFolder, childEnvironment, dataFolder, root } from '../env.ts'
import { exitOf } from '../process.ts'
import { runSlashzero, type Started } from './start.ts'

export const help = `slashzero bench [ingest] [collector|stale|soak] [--json]
slashzero bench ingest [--minutes 0.25] [--hosts 1000]
slashzero bench abuse [--minutes 5]
slashzero bench pages [--hypervisors 10000] [--real 2000] [--rate 667] [--live 30]
slashzero bench page

On a throw-away server and database of its own: reports a second that the ingest accepts durably, whole and as what changed, and how
soon it acknowledges reports that come at the pace of 10,000 hypervisors. "--minutes 5" sends for five minutes each. Of the packaged
collector (root): what a pass costs at 50, 400 and 2,000 taps beside node_exporter and Netdata, what it costs to enumerate stale
memberships where interface indexes have passed a million, and whether anything grows over 10,000 passes. Each as a ratio to a real
peer in the same run, and against its target, if any. "abuse" alone lets four hostile hosts attack the server and measures what
honest hosts notice. "pages" alone makes 10,000 hypervisors, and measures their pages in a real browser (Chromium), lists, search and
export while reports arrive. "page" alone measures how long it takes from a tap that fails to join to its row in a real browser
(root, Chromium).`

export async function run(args: string[]): Promise<number> {
  const names = args.filter((argument) => !argument.startsWith('-'))
  if (names.length > 0 && names.every((name) => WITHOUT_SERVER.has(name))) return runLab(args)
  if (names.includes('page'))
    return exitOf(spawn(process.execPath, ['e2e/src/bench/tap-to-page.ts'], { cwd: root, stdio: 'inherit' }))
  if (benchFolder !== dataFolder) return inThrowAwayFolder(args)
  return runSlashzero({
    port: '0',
    collector: false,
    development: false,
    announce: false,
    work: (started) => measure(args, started),
  })
}

/**
 * The data folder is read from the environment once, so the measurement is a process of its own with its own folder.
 */
async function inThrowAwayFolder(args: string[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'slashzero-bench-'))
  await chmod(folder, 0o755)
  try {
    const child = spawn(process.execPath, [...process.execArgv, 'apps/cli/src/main.ts', 'bench', ...args], {
      cwd: root,
      stdio: 'inherit',
      env: childEnvironment({ DATABASE_URL: '', SLASHZERO_DATA_DIR: folder, SLASHZERO_BENCH_DATA: folder }),
    })
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal))
    return await exitOf(child)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function measure(args: string[], started: Started): Promise<number> {
  const tokens = await makeTokens(started.databaseUrl)
  const target = [
    `--server=http://127.0.0.1:${started.port}`,
    `--server-pid=${started.serverPid}`,
    `--database-url=${started.databaseUrl}`,
    `--enrolment-token=${tokens.enrolment}`,
  ]
  if (!args.includes('pages')) return runLab([...args, ...target])
  const more = [`--api-token=${tokens.api}`, ...(tokens.setup === null ? [] : [`--setup-token=${tokens.setup}`])]
  return exitOf(
    spawn(process.execPath, ['e2e/src/bench/pages.ts', ...args, ...target, ...more], { cwd: root, stdio: 'inherit' }),
  )
}

/** Those of the collector alone. */
const WITHOUT_SERVER = new Set(['collector', 'stale', 'soak'])

async function runLab(args: readonly string[]): Promise<number> {
  return exitOf(
    spawn(process.execPath, ['packages/lab/bin/slashzero-lab.mjs', 'bench', ...args], { cwd: root, stdio: 'inherit' }),
  )
}

async function makeTokens(url: string): Promise<{ enrolment: string; api: string; setup: string | null }> {
  return withSystem(url, async (context) => {
    const enrolment = await createEnrolmentToken(context, {
      name: 'bench',
      uses: 50_000,
      demo: true,
      expiresInHours: 24,
    })
    const api = await createApiToken(context, { name: 'bench', scopes: ['read'], expiresInDays: 1 })
    const setup = await createSetupLink(context)
    return { enrolment: enrolment.token, api: api.token, setup: setup?.token ?? null }
  })
}
