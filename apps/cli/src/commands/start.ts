import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { codeOf, messageOf } from '@slashzero/contract/report'
import { migrate } from '@slashzero/db'
import { createEnrolmentToken, createSetupLink, SETUP_LINK_HOURS } from '@slashzero/services'
import { listSettings, SETTINGS } from '@slashzero/web/settings'
import { openBoundedLog } from '../bounded-log.ts'
import { build } from '../build.ts'
import { keepOwnPostgres, silent, withSystem } from '../database.ts'
import { lockDataFolder, prepareDataFolder, readKilledPort, readSecret, unlockDataFolder } from '../data-folder.ts'
import { childEnvironment, databaseUrl, dataFolder, defaultPort, givenSecret, root } from '../env.ts'
import { keepChild } from '../keep-child.ts'
import { exitOf, signalled, stopChild, untilAborted } from '../process.ts'
import { Refusal, step } from '../terminal.ts'

export const help = `slashzero start [--port N] [--no-collector]

Builds what has changed, starts PostgreSQL (the embedded one, unless DATABASE_URL names another), migrates it, serves the
pages, the API and the ingest on one port, and on Linux runs a collector for this machine. Ctrl-C stops all of it.

  --port N         the port (default: PORT); 0 means any free port
  --no-collector   do not watch this machine itself

Environment variables:

${listSettings().map(describe).join('\n')}`

function describe(setting: { name: string; default: string; help: string }): string {
  return `  ${setting.name}\n      ${setting.help}\n      Default: ${setting.default}.`
}

const options = { port: { type: 'string' }, collector: { type: 'boolean' } } as const

/** What `start` gives to `demo`, `lab` and `bench`. */
export type Started = {
  readonly port: number
  readonly url: string
  readonly databaseUrl: string
  readonly serverPid: number
}

/** `slashzero start`, and `slashzero dev` with the pages compiled as they change. */
export async function start(args: string[], { development = false } = {}): Promise<number> {
  const { values } = parseArgs({ args, options, allowNegative: true })
  return runSlashzero({
    port: values.port ?? defaultPort,
    collector: values.collector ?? process.platform === 'linux',
    development,
    announce: true,
  })
}

type Wish = {
  port: string
  collector: boolean
  development: boolean
  /** Prints the address and the set-up link on stdout. */
  announce: boolean
  /** PostgreSQL settings such as `fsync=on`. */
  settings?: readonly string[]
  /** Runs beside the server. If `work` returns a number, Slashzero stops with that exit status. */
  work?: (started: Started) => Promise<number | null>
}

/**
 * Starts everything in order, waits for a signal, the end of `work` or the end of a part, and stops everything in the
 * reverse order.
 */
export async function runSlashzero(wish: Wish): Promise<number> {
  const signal = signalled()
  const parts = new AsyncDisposableStack()
  try {
    return await runParts(wish, parts, signal)
  } catch (error) {
    if (signal.aborted) return 0
    throw error
  } finally {
    await parts.disposeAsync()
  }
}

/** Each part that runs is added to `parts`, which the caller stops in the reverse order. */
async function runParts(wish: Wish, parts: AsyncDisposableStack, signal: AbortSignal): Promise<number> {
  await prepareDataFolder()
  const port = await freePort(wish.port)
  await lockDataFolder(port)
  parts.defer(unlockDataFolder)
  if (!wish.development) await build(signal)
  const postgres =
    databaseUrl === null ? await step('Starting PostgreSQL', () => keepOwnPostgres(wish.settings ?? [], say)) : null
  if (postgres !== null) parts.defer(() => postgres.stop())
  signal.throwIfAborted()
  const url = databaseUrl ?? postgres?.url ?? ''
  await step('Migrating the database', () => migrate(url, silent))
  const server = await step('Starting the server', () => startServer(url, port, wish.development))
  parts.defer(() => stopChild(server))
  signal.throwIfAborted()
  const address = `http://localhost:${port}`
  if (wish.announce) await announce(url, address)
  if (wish.collector) {
    parts.defer(keepChild("This machine's collector", () => startCollector(url, port), say))
  }
  const ends = [
    untilAborted(signal).then(() => 0),
    unexpectedEnd(exitOf(server), `The server ended by itself; its log is ${logPath}`),
  ]
  const started = { port, url: address, databaseUrl: url, serverPid: server.pid ?? 0 }
  if (wish.work) ends.push(untilDone(wish.work(started)))
  return await Promise.race(ends)
}

function say(sentence: string): void {
  process.stderr.write(`${sentence}\n`)
}

async function unexpectedEnd(end: Promise<unknown>, sentence: string): Promise<number> {
  await end
  throw new Refusal(sentence)
}

/** Work that ends without a status leaves Slashzero running. */
async function untilDone(work: Promise<number | null>): Promise<number> {
  return (await work) ?? new Promise<number>(() => undefined)
}

/** The time in which the parts of a killed start end. */
const ENDING_MILLISECONDS = 10_000

/** The requested port, or any free port for 0. Throws a Refusal if another program has the port. */
async function freePort(wished: string): Promise<number> {
  const { data: port } = SETTINGS.PORT.schema.safeParse(wished)
  if (port === undefined) throw new Refusal(`--port ${wished} is not a port: use ${SETTINGS.PORT.expected}.`)
  const deadline = performance.now() + ((await readKilledPort()) === port ? ENDING_MILLISECONDS : 0)
  for (;;) {
    try {
      return await tryPort(port)
    } catch (error) {
      if (codeOf(error) !== 'EADDRINUSE') {
        throw new Refusal(
          `Port ${port} cannot be opened (${codeOf(error) ?? messageOf(error)}). Choose another port with --port N.`,
        )
      }
      if (performance.now() > deadline) {
        throw new Refusal(
          `Port ${port} is in use by another program. Stop the program, or choose another port with --port N.`,
        )
      }
      await sleep(100)
    }
  }
}

function tryPort(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(port, () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : port))
    })
  })
}

const logPath = join(dataFolder, 'server.log')

/** Reports fill Node's own young generation in milliseconds, and what survives costs the main thread most. */
const SERVER_FLAGS = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=64']

async function startServer(url: string, port: number, development: boolean): Promise<ChildProcess> {
  const log = openBoundedLog(logPath)
  const server = spawn(process.execPath, [...SERVER_FLAGS, 'apps/web/server/main.ts'], {
    cwd: root,
    detached: true, // a Ctrl-C in the terminal must reach this process alone, which stops things in order
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'], // the server stops when this process is gone
    env: childEnvironment({
      NODE_ENV: development ? 'development' : 'production',
      NEXT_TELEMETRY_DISABLED: '1',
      DATABASE_URL: url,
      PORT: String(port),
      SLASHZERO_SECRET: givenSecret ?? (await readSecret()),
      ...(development ? { SLASHZERO_DEV: '1' } : {}),
    }),
  })
  let complaint = ''
  server.stderr?.on('data', (chunk: Buffer) => {
    log.write(chunk)
    complaint = (complaint + chunk.toString()).slice(-4000)
  })
  if (server.stdout === null) throw new Error("The child process has no stdout: start it with stdio 'pipe'.")
  const lines = createInterface({ input: server.stdout })
  const listening = new Promise<void>((resolve) => {
    lines.on('line', (line) => {
      log.write(`${line}\n`)
      if (line.includes('"msg":"listening"')) resolve()
    })
  })
  const ended = exitOf(server).then((code) => {
    throw new Refusal(complaint.trim() || `The server ended with status ${code}; its log is ${logPath}`)
  })
  await Promise.race([listening, ended])
  ended.catch(() => undefined)
  return server
}

async function announce(url: string, address: string) {
  const link = await withSystem(url, (context) => createSetupLink(context))
  process.stdout.write(`\nSlashzero is ready: ${address}\n`)
  if (link !== null) {
    process.stdout.write(
      `Set up the first administrator (valid once, for ${SETUP_LINK_HOURS} hours): ${address}/setup?token=${link.token}\n`,
    )
  }
  process.stdout.write('\n')
}

/** This machine's own collector; it enrols by itself when its state folder holds no credential. */
async function startCollector(url: string, port: number): Promise<ChildProcess> {
  const stateFolder = join(dataFolder, 'collector')
  const token = existsSync(join(stateFolder, 'credential')) ? null : await enrolmentToken(url)
  return spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', 'apps/collector/bin/slashzero-collector.mjs', 'run'],
    {
      cwd: root,
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'], // the collector stops when this process is gone
      env: childEnvironment({
        SLASHZERO_SERVER: `http://127.0.0.1:${port}`,
        SLASHZERO_STATE_DIR: stateFolder,
        ...(token === null ? {} : { SLASHZERO_ENROLMENT_TOKEN: token }),
      }),
    },
  )
}

async function enrolmentToken(url: string): Promise<string> {
  const wish = { name: 'this machine', uses: 1, demo: false, expiresInHours: 1 }
  return (await withSystem(url, (context) => createEnrolmentToken(context, wish))).token
}
