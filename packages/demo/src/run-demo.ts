import { parseArgs } from 'node:util'
import { messageOf } from '@slashzero/contract/report'
import { loadHistory } from './delivery/load-history.ts'
import { planFleet } from './fleet/plan-fleet.ts'
import { startLiveReports } from './delivery/report-live.ts'
import { SendError } from './delivery/send-reports.ts'
import { type DemoProgress, writeDemoProgress } from './program.ts'

const help = `node packages/demo/src/main.ts --server URL --enrolment-token TOKEN [options]

Sends a simulated fleet with a day of history through the ingest of the server, as its collectors would.

  --hypervisors N   how many; default 200, with some 40 VMs each
  --seed N          another fleet; default 1
  --live            then reports every 15 to 30 s until it is stopped

Progress goes to stdout as JSON lines {"done":N,"total":N} that count reports, or in words on a terminal.`

type Wish = { server: string; enrolmentToken: string; hypervisors: number; seed: number; live: boolean }

/** Runs the program and returns its exit status. SIGTERM and SIGINT stop the program with status 0. */
export async function runDemo(argv: readonly string[]): Promise<number> {
  const stop = new AbortController()
  const onSignal = () => stop.abort()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal)
  try {
    if (argv.includes('--help')) process.stdout.write(`${help}\n`)
    else await demonstrate(readWish(argv), stop.signal)
    return 0
  } catch (error) {
    if (stop.signal.aborted) return 0
    stop.abort()
    if (!(error instanceof SendError || error instanceof UsageError)) throw error
    process.stderr.write(`${error.message}\n`)
    return 1
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, onSignal)
  }
}

async function demonstrate(wish: Wish, signal: AbortSignal): Promise<void> {
  const server = { url: wish.server, signal }
  const now = Date.now()
  const plans = planFleet({ seed: wish.seed, hypervisors: wish.hypervisors, now })
  const live = wish.live ? startLiveReports(server) : null
  await loadHistory({
    server,
    enrolmentToken: wish.enrolmentToken,
    plans,
    now,
    onProgress: showProgress,
    onLoaded: (host) => live?.add(host),
  })
  if (process.stdout.isTTY) process.stdout.write('\n')
  if (live === null) return
  await live.ended()
  process.stderr.write(
    'The server takes no more reports of the demo fleet: it was removed, or its credentials were revoked.\n',
  )
}

function showProgress({ done, total }: DemoProgress) {
  if (process.stdout.isTTY) {
    process.stdout.write(
      `\rSending the demo fleet: ${done} of ${total} reports (${Math.floor((100 * done) / total)} %)`,
    )
  } else {
    process.stdout.write(`${writeDemoProgress({ done, total })}\n`)
  }
}

class UsageError extends Error {}

function readWish(argv: readonly string[]): Wish {
  const { server, 'enrolment-token': enrolmentToken, hypervisors, seed, live } = parse(argv)
  if (server === undefined || !URL.canParse(server)) {
    throw new UsageError('Name the server with --server, for instance --server http://127.0.0.1:3000.')
  }
  if (enrolmentToken === undefined) throw new UsageError('Give an enrolment token with --enrolment-token.')
  return {
    server,
    enrolmentToken,
    hypervisors: readNumber('--hypervisors', hypervisors, 5000),
    seed: readNumber('--seed', seed, 2 ** 31),
    live,
  }
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        server: { type: 'string' },
        'enrolment-token': { type: 'string' },
        hypervisors: { type: 'string', default: '200' },
        seed: { type: 'string', default: '1' },
        live: { type: 'boolean', default: false },
      },
    }).values
  } catch (error) {
    throw new UsageError(messageOf(error))
  }
}

function readNumber(option: string, text: string, max: number): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1 && value <= max) return value
  throw new UsageError(`${option} takes a whole number from 1 to ${max}, not ${text}.`)
}
