import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { root } from './env.ts'
import { Refusal } from './terminal.ts'

const STOP_DEADLINE = 10_000

/** Runs a command of the project to its end; `quiet` keeps its output for the error. Throws a Refusal when it fails. */
export async function run(
  name: string,
  command: string,
  args: readonly string[],
  options: SpawnOptions = {},
): Promise<void> {
  const child = spawn(command, args, { cwd: root, ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-8000)
    })
  }
  const code = await exitOf(child)
  options.signal?.throwIfAborted()
  if (code !== 0) throw new Refusal(`${name} failed:\n${output.trim()}`)
}

/** The exit status of a child; 128 + 15 if a signal ended it, 127 if it could not be started. */
export function exitOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    if (child.exitCode !== null) resolve(child.exitCode)
    if (child.signalCode !== null) resolve(143)
    child.once('error', () => resolve(127))
    child.once('exit', (code) => resolve(code ?? 143))
  })
}

/** Asks a child to stop with SIGTERM and kills it after ten seconds. */
export async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = exitOf(child)
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE)
  await ended
  clearTimeout(timer)
}

/** Aborts at the first SIGINT, SIGTERM or SIGHUP, and when bin/slashzero.mjs, which started this process, is gone. */
export function signalled(): AbortSignal {
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => controller.abort())
  process.once('disconnect', () => controller.abort())
  return controller.signal
}

/** Resolves when the signal aborts. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve())
  })
}
