import { createEnrolmentToken, removeDemo } from '@slashzero/services'
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { withDatabase, withSystem } from '../database.ts'
import { defaultPort, root } from '../env.ts'
import { exitOf } from '../process.ts'
import { showProgress } from '../terminal.ts'
import { runSlashzero, type Started } from './start.ts'

export const help = `slashzero demo [--port N]
slashzero demo remove

Starts Slashzero with a simulated fleet of 200 hypervisors and some 8,000 VMs, sent through the real ingest and marked as
demo data. The fleet goes on reporting until Ctrl-C. \`demo remove\` removes all demo data and nothing else.`

const hypervisors = 200

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, options: { port: { type: 'string' } }, allowPositionals: true })
  if (positionals[0] === 'remove') {
    const removed = await withDatabase((context) => removeDemo(context))
    process.stdout.write(`Removed ${removed.hypervisors} demo hypervisors.\n`)
    return 0
  }
  return runSlashzero({
    port: values.port ?? defaultPort,
    collector: false,
    development: false,
    announce: true,
    work: load,
  })
}

async function load(started: Started): Promise<number | null> {
  const child = spawn(
    process.execPath,
    [
      'packages/lab/bin/slashzero-lab.mjs',
      'demo',
      '--live',
      `--hypervisors=${hypervisors}`,
      `--server=http://127.0.0.1:${started.port}`,
      `--enrolment-token=${await replaceDemo(started.databaseUrl)}`,
    ],
    { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { done, total } = parseProgress(line)
    showProgress('Loading the demo fleet', done, total)
  })
  process.once('exit', () => child.kill('SIGTERM'))
  const code = await exitOf(child)
  // It also ends, with 0, when the demo is removed in the page; Slashzero itself goes on.
  return code === 0 ? null : code
}

async function replaceDemo(url: string): Promise<string> {
  return withSystem(url, async (context) => {
    await removeDemo(context)
    return (
      await createEnrolmentToken(context, { name: 'demo fleet', uses: hypervisors, demo: true, expiresInHours: 1 })
    ).token
  })
}

function parseProgress(line: string): { done: number; total: number } {
  const value: unknown = JSON.parse(line)
  if (typeof value !== 'object' || value === null || !('done' in value) || !('total' in value))
    return { done: 0, total: 0 }
  return { done: Number(value.done), total: Number(value.total) }
}
