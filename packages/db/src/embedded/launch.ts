import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import type { Owner } from './owner.ts'
import { ENVIRONMENT } from './run.ts'

export type Place = { readonly bin: string; readonly data: string; readonly owner: Owner | null }

/** A running `postgres`. */
export type Server = {
  readonly ended: Promise<void>
  readonly hasEnded: () => boolean
  /** The last output. */
  readonly output: () => string
  /** Fast shutdown; resolves when the process has ended. */
  readonly stop: () => Promise<void>
}

/**
 * Starts `postgres` on its data folder, on a unix socket only. The server ends with this process, however this process
 * ends.
 */
export function launch({
  bin,
  data,
  socket,
  owner,
  settings,
  onDiskFull,
}: Place & { socket: string; settings: readonly string[]; onDiskFull: () => void }): Server {
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
  const guard = child.pid === undefined ? null : endWithThisProcess(child.pid, owner)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-4000)
      if (chunk.includes('No space left on device')) onDiskFull()
    })
  }
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', (error) => {
      output += error.message
      resolve()
    })
  }).then(() => void guard?.kill('SIGKILL'))
  return {
    ended,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    output: () => output,
    async stop() {
      child.kill('SIGINT')
      await ended
    },
  }
}

/** A shell whose input closes when this process is killed, and which then shuts PostgreSQL down. */
function endWithThisProcess(pid: number, owner: Owner | null): ChildProcess {
  return spawn('/bin/sh', ['-c', 'read -r _; kill -INT "$0"', String(pid)], {
    ...owner,
    cwd: '/',
    env: ENVIRONMENT,
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  }).on('error', () => undefined)
}
