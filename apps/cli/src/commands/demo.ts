import { demoArguments, readDemoProgress } from '@slashzero/demo/program'
import { createEnrolmentToken, removeDemo } from '@slashzero/services'
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { withDatabase, withSystem } from '../database.ts'
import { defaultPort } from '../env.ts'
import { exitOf } from '../process.ts'
import { showProgress } from '../terminal.ts'
import { runSlashzero, type Started } from './start.ts'

export const help = `slashzero demo [--port N]
slashzero demo remove

Starts Slashzero with a simulated fleet of 200 hypervisors and some 8,000 VMs, sent through the real ingest and marked as
demo data. The fleet reports until Ctrl-C. \`demo remove\` removes all demo data and nothing else.`

const HYPERVISORS = 200

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
    demoArguments({
      server: `http://127.0.0.1:${started.port}`,
      enrolmentToken: await replaceDemo(started.databaseUrl),
      hypervisors: HYPERVISORS,
    }),
    { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] },
  )
  if (child.stdout === null) throw new Error("The child process has no stdout: start it with stdio 'pipe'.")
  createInterface({ input: child.stdout }).on('line', (line) => {
    const progress = readDemoProgress(line)
    if (progress !== null) showProgress('Loading the demo fleet', progress.done, progress.total)
  })
  process.once('exit', () => child.kill('SIGTERM'))
  const code = await exitOf(child)
  // The program ends with 0 when someone removes the demo in the page. Slashzero itself goes on.
  return code === 0 ? null : code
}

async function replaceDemo(url: string): Promise<string> {
  return withSystem(url, async (context) => {
    await removeDemo(context)
    return (
      await createEnrolmentToken(context, { name: 'demo fleet', uses: HYPERVISORS, demo: true, expiresInHours: 1 })
    ).token
  })
}
