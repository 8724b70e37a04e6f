import packageJson from '../package.json' with { type: 'json' }
import { checkRoutes } from './command/check-routes.ts'
import { parseArguments, UsageError } from './command/parse-arguments.ts'
import type { Settings } from './command/parse-arguments.ts'
import { run } from './command/run.ts'
import { log } from './command/write-log.ts'
import { readEnvironment } from './env.ts'
import { createGuestRouteChecker } from './guest-agent/index.ts'
import { readHost } from './host/read-host.ts'
import type { Host } from './host/read-host.ts'
import { openKernel } from './io/open-kernel.ts'
import type { Kernel } from './io/kernel.ts'
import { createPass } from './pass/create-pass.ts'
import { createPusher } from './push/index.ts'

/** How many memberships may be asked for in a pass, and how long guests may take to answer. */
type Bounds = { questions: number; routeMilliseconds: number }

const ONCE: Bounds = { questions: 5_000_000, routeMilliseconds: 5000 }
const RUN: Bounds = { questions: 5000, routeMilliseconds: 5000 }

try {
  await main(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`slashzero-collector: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = error instanceof UsageError ? 2 : 1
}

async function main(args: readonly string[]): Promise<void> {
  const command = parseArguments(args, readEnvironment())
  if (command.name === 'help') {
    process.stdout.write(command.text)
    return
  }
  if (process.platform !== 'linux') throw new Error('it reads the Linux kernel, and this is another system')
  const kernel = openKernel()
  const host = readHost(kernel, packageJson.version, command.settings.labels)
  if (command.name === 'once') {
    const { pass, close } = preparePass(kernel, host, command.settings, ONCE)
    process.stdout.write(`${JSON.stringify(await pass(), null, command.json ? 0 : 2)}\n`)
    close()
    return
  }
  const { intervalMilliseconds, server, enrolmentToken, stateDir } = command.settings
  const stop = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort())
  const { pass, close } = preparePass(kernel, host, command.settings, {
    ...RUN,
    routeMilliseconds: Math.min(RUN.routeMilliseconds, intervalMilliseconds / 2),
  })
  const pusher = createPusher({ server, enrolmentToken, stateDir, host, log })
  log.info({ host: host.id, server, intervalMilliseconds }, 'started')
  await run({ pass, pusher, intervalMilliseconds, signal: stop.signal })
  close()
  log.info({}, 'stopped')
  // A guest agent or a file that hangs must not hold the process up.
  process.exit()
}

function preparePass(kernel: Kernel, host: Host, settings: Settings, bounds: Bounds) {
  const checker = createGuestRouteChecker({ deadlineMilliseconds: bounds.routeMilliseconds, now: Date.now })
  const pass = createPass({
    kernel,
    host,
    checkRoutes: checkRoutes(checker, settings.guestAgents),
    now: Date.now,
    clock: () => performance.now(),
    questions: bounds.questions,
  })
  return { pass, close: checker.close }
}
