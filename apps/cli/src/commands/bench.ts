import { createApiToken, createEnrolmentToken, createSetupLink } from '@slashzero/services'
import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { chmod, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { withSystem } from '../database.ts'
import { dataFolder, root } from '../env.ts'
import { exitOf } from '../process.ts'
import { runSlashzero, type Started } from './start.ts'

export const help = `slashzero bench [ingest|collector|fleet] [--json]

Measures, on a throw-away server and database of its own: reports a second that the ingest accepts durably, what a collector
pass costs at 400 taps (root), and the fleet page's API at 1,000 hypervisors; each as a ratio to a real peer in the same run.`

export async function run(args: string[]): Promise<number> {
  if (process.env['SLASHZERO_BENCH_DATA'] !== dataFolder) return inThrowAwayFolder(args)
  return runSlashzero({
    port: '0',
    collector: false,
    development: false,
    announce: false,
    work: (started) => measure(args, started),
  })
}

/** The data folder is read from the environment once, so the measurement is a process of its own with its own folder. */
async function inThrowAwayFolder(args: string[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'slashzero-bench-'))
  await chmod(folder, 0o755)
  try {
    const child = spawn(process.execPath, [...process.execArgv, 'apps/cli/src/main.ts', 'bench', ...args], {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, DATABASE_URL: '', SLASHZERO_DATA_DIR: folder, SLASHZERO_BENCH_DATA: folder },
    })
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal))
    return await exitOf(child)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function measure(args: string[], started: Started): Promise<number> {
  const tokens = await makeTokens(started.databaseUrl)
  const child = spawn(
    process.execPath,
    [
      'packages/lab/bin/slashzero-lab.mjs',
      'bench',
      ...args,
      `--server=http://127.0.0.1:${started.port}`,
      `--server-pid=${started.serverPid}`,
      `--database-url=${started.databaseUrl}`,
      `--enrolment-token=${tokens.enrolment}`,
      `--api-token=${tokens.api}`,
      ...(tokens.setup === null ? [] : [`--setup-token=${tokens.setup}`]),
    ],
    { cwd: root, stdio: 'inherit' },
  )
  return exitOf(child)
}

async function makeTokens(url: string): Promise<{ enrolment: string; api: string; setup: string | null }> {
  return withSystem(url, async (context) => {
    const enrolment = await createEnrolmentToken(context, { name: 'bench', uses: 10_000, demo: true, expiresInHours: 24 })
    const api = await createApiToken(context, { name: 'bench', scopes: ['read'] })
    const setup = await createSetupLink(context)
    return { enrolment: enrolment.token, api: api.token, setup: setup?.token ?? null }
  })
}
