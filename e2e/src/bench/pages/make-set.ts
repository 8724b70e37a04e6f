import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { BenchError, multiplyFleet, openPostgres } from '@slashzero/lab/bench'
import type { Options } from './options.ts'

/** The set under measurement. Some of its hypervisors report all the time. */
export type Fleet = {
  readonly hypervisors: number
  readonly vms: number
  /** Reports a second that were stored since the last call. */
  readonly readRate: () => number
  readonly stop: () => Promise<void>
}

/** Real reports through the real ingest, then copies in SQL, then reports for as long as the measurement takes. */
export async function makeSet(options: Options, progress: (text: string) => void): Promise<Fleet> {
  progress(`${options.real} hypervisors enrol and report`)
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('report.ts', import.meta.url)), ...process.argv.slice(2)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const ended = once(child, 'exit')
  const rates: number[] = []
  try {
    await untilReady(child, (line) => rates.push(Number(line.split(' ', 1)[0])))
    progress(`copying them until there are ${options.hypervisors}`)
    const postgres = await openPostgres(options.databaseUrl)
    const made = await multiplyFleet(postgres.pool, options.hypervisors)
    await postgres.close()
    progress(`${made.hypervisors} hypervisors, ${made.vms} VMs`)
    rates.length = 0
    return {
      ...made,
      readRate() {
        if (child.exitCode !== null) throw new BenchError('The hypervisors stopped to report, so nothing was measured.')
        return rates.reduce((sum, rate) => sum + rate, 0) / rates.length
      },
      async stop() {
        child.kill()
        await ended
      },
    }
  } catch (error) {
    child.kill()
    throw error
  }
}

async function untilReady(child: ChildProcess, hear: (line: string) => void): Promise<void> {
  if (child.stdout === null) throw new BenchError('The reporting process has no output.')
  const lines = createInterface({ input: child.stdout })
  await new Promise<void>((resolve, reject) => {
    lines.on('line', (line) => (line === 'ready' ? resolve() : hear(line)))
    child.once('exit', () => reject(new BenchError('The hypervisors could not report.')))
  })
}
