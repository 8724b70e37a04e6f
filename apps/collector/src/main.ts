import type { Report } from '@slashzero/contract/report'
import packageJson from '../package.json' with { type: 'json' }
import { createAdvertisementWatch } from './advertisements/create-advertisement-watch.ts'
import type { AdvertisementWatch } from './advertisements/create-advertisement-watch.ts'
import { systemClock as clock, systemSleep as sleep } from './clock.ts'
import { checkConfiguration } from './command/check-configuration.ts'
import { makePushToken } from './command/make-push-token.ts'
import { parseArguments, UsageError } from './command/parse-arguments.ts'
import type { Command, DoctorFormat, Given } from './command/parse-arguments.ts'
import { print } from './command/print.ts'
import { runReloading } from './command/run-reloading.ts'
import { run } from './command/run.ts'
import { log } from './command/write-log.ts'
import { ConfigurationError, loadSettings } from './config/index.ts'
import type { Settings } from './config/index.ts'
import { isJournal, readEnvironment, widenThreadPool } from './env.ts'
import { startGuestPush } from './route-checks/guest-push/start-guest-push.ts'
import { readHost, readMachine } from './host/read-host.ts'
import { openAdvertisementSockets } from './io/advertisement-sockets.ts'
import { exitAtOnce } from './io/exit-at-once.ts'
import { openKernel } from './io/open-kernel.ts'
import { openLinkSockets } from './io/link-sockets.ts'
import type { Kernel } from './io/kernel.ts'
import { startMetrics } from './metrics/start-metrics.ts'
import { composePass } from './pass/compose-pass.ts'
import { createDelivery } from './deliver/create-delivery.ts'
import { createLinkWatch } from './watch/create-link-watch.ts'

/** How many questions about stale memberships a pass may ask, and how long guests may take to answer. */
type Bounds = { questions: number; routeMilliseconds: number }

const ONCE: Bounds = { questions: 5_000_000, routeMilliseconds: 5000 }
// Enough for interface indexes up to a thousand. With higher indexes the list needs some more passes.
const RUN: Bounds = { questions: 1000, routeMilliseconds: 5000 }
const DOCTOR_ROUTE_MILLISECONDS = 3000

widenThreadPool()
const args = process.argv.slice(2)
try {
  await main(parseArguments(args))
} catch (error) {
  complain(error)
  const mistaken = error instanceof UsageError || error instanceof ConfigurationError
  // Status 2 of doctor means a broken machine, so an error of doctor is 3, unknown.
  process.exitCode = args[0] === 'doctor' ? 3 : mistaken ? 2 : 1
}

async function main(command: Command): Promise<void> {
  if (command.name === 'help') {
    const { helpOf } = await import('./command/help.ts')
    return print(helpOf(command.of))
  }
  if (command.name === 'version') {
    return print(`slashzero-collector ${packageJson.version}\n`)
  }
  if (command.name === 'config check') {
    const { text, exitCode } = checkConfiguration(command.file)
    process.exitCode = exitCode
    return print(text)
  }
  if (command.name === 'push-token') {
    return print(makePushToken(command.vm, load(command.given).stateDir))
  }
  if (process.platform !== 'linux') throw new Error('slashzero-collector runs only on Linux.')
  switch (command.name) {
    case 'once':
      return printOnce(load(command.given), command.json)
    case 'run':
      return runUntilStopped(command.given)
    case 'doctor':
      return printDiagnosis(command.given, command.format)
    default:
      return command satisfies never
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function complain(error: unknown): void {
  const lines = messageOf(error).split('\n')
  // The journal adds the program's name, and reads a line without a priority as information.
  const head = isJournal() ? '<3>' : 'slashzero-collector: '
  process.stderr.write(lines.map((line) => `${head}${line}\n`).join(''))
}

function load(given: Given): Settings {
  const { settings, skipped } = loadSettings({ ...given, environment: readEnvironment() })
  if (skipped !== null) log.warn({}, skipped)
  return settings
}

async function printDiagnosis(given: Given, format: DoctorFormat): Promise<void> {
  const { text, exitCode } = await diagnoseHere(given, format).catch(async (error: unknown) => {
    const { renderFailure } = await import('./doctor/render-checks.ts')
    const failure = renderFailure(format, messageOf(error))
    if (failure === null) throw error
    return failure
  })
  await print(text)
  // A guest agent or a file that hangs must not hold a monitoring plugin up.
  exitAtOnce(exitCode)
}

async function diagnoseHere(given: Given, format: DoctorFormat): Promise<{ text: string; exitCode: number }> {
  const { runDoctor } = await import('./doctor/run-doctor.ts')
  const kernel = openKernel()
  const host = { id: 'doctor', ...readMachine(kernel, packageJson.version, {}) }
  const settings = loadForDoctor(given)
  const advertisements = watchAdvertisements(kernel, settings)
  const { pass, close } = composePass({
    ...ONCE,
    routeMilliseconds: DOCTOR_ROUTE_MILLISECONDS,
    kernel,
    clock,
    host,
    settings,
    advertisements,
  })
  const { isTTY, columns } = process.stdout
  const terminal = isTTY
    ? { width: Math.max(40, columns), colour: process.stdout.hasColors() }
    : { width: 100, colour: false }
  const say = (progress: string) =>
    void (format === 'text' && process.stderr.write(`slashzero-collector: ${progress}\n`))
  const told = await runDoctor({ kernel, pass, format, stateDir: settings.stateDir, terminal, say })
  close()
  return told
}

/** A broken configuration stops doctor only if the command line names the file. */
function loadForDoctor({ file, flags }: Given): Settings {
  try {
    const { settings, skipped } = loadSettings({ file, flags, environment: readEnvironment() })
    if (skipped !== null) complain(skipped)
    return settings
  } catch (error) {
    if (file !== null) throw error
    const { settings } = loadSettings({ file: false, flags, environment: {} })
    complain(error)
    return settings
  }
}

async function printOnce(settings: Settings, json: boolean): Promise<void> {
  const kernel = openKernel()
  const host = readHost(kernel, packageJson.version, settings.labels)
  const { pass, close } = composePass({ ...ONCE, kernel, clock, host, settings })
  const report = await pass()
  close()
  await print(`${JSON.stringify(report, null, json ? 0 : 2)}\n`)
  // A file that hangs must not hold the process up.
  exitAtOnce(0)
}

async function runUntilStopped(given: Given): Promise<void> {
  const kernel = openKernel()
  const stop = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort())
  await runReloading({
    load: () => loadForRun(given),
    stop: stop.signal,
    log,
    work: async (settings, signal) => {
      const { server, serverCa, enrolmentToken, stateDir, intervalMilliseconds } = settings
      const routeMilliseconds = Math.min(RUN.routeMilliseconds, intervalMilliseconds / 2)
      const host = readHost(kernel, packageJson.version, settings.labels)
      // First, because createDelivery throws if another collector works in the state directory.
      const delivery = createDelivery({ server, serverCa, enrolmentToken, stateDir, host, log, clock, sleep })
      const watch = createLinkWatch({ kernel, sockets: openLinkSockets(), clock })
      const advertisements = watchAdvertisements(kernel, settings)
      const listen = settings.guestPushListen
      const guestPush = listen === null ? null : await startGuestPush({ listen, stateDir, clock, log })
      const { pass, close } = composePass({
        ...RUN,
        routeMilliseconds,
        kernel,
        clock,
        host,
        settings,
        watch,
        guestPush,
        advertisements,
      })
      const metrics = await startMetrics({
        listen: settings.metricsListen,
        textfile: settings.metricsTextfile,
        version: packageJson.version,
        readDelivery: delivery.status,
        log,
      })
      const enqueue = (report: Report): void => {
        delivery.enqueue(report)
        metrics.observe(report)
      }
      log.info({ host: host.id, server, intervalMilliseconds }, 'started')
      await run({ pass, delivery: { enqueue, stop: delivery.stop }, intervalMilliseconds, watch, signal, clock, sleep })
      await watch.stop()
      advertisements?.stop()
      metrics.stop()
      close()
      // Two deliveries must not work on one spool.
      if (!stop.signal.aborted) await delivery.stop()
    },
  })
  log.info({}, 'stopped')
  // A guest agent or a file that hangs must not hold the process up.
  exitAtOnce(0)
}

function loadForRun(given: Given): Settings & { server: string } {
  const { server, ...settings } = load(given)
  if (server !== null) return { ...settings, server }
  throw new UsageError(
    '`run` needs a server: pass --server URL, set SLASHZERO_SERVER, or write server = "URL" in the configuration file.',
  )
}

function watchAdvertisements(kernel: Kernel, settings: Settings): AdvertisementWatch | undefined {
  if (!settings.watchAdvertisements) return undefined
  return createAdvertisementWatch({
    kernel,
    sockets: openAdvertisementSockets(),
    clock,
  })
}
