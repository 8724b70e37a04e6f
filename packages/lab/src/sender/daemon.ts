import { type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { openSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Cell, childOf, continueEntered } from '../cell/start.ts'

/** A running sender of Router Advertisements. */
export type Daemon = {
  readonly name: 'radvd' | 'dnsmasq'
  /** Its pid on this machine; changes with each restart. */
  readonly pid: number
  /** Kills the process before it can send its farewell. */
  kill(): Promise<void>
  /** Starts the process again; if it still runs, it first sends its farewell. */
  restart(): Promise<void>
}

/** Starts a program in the foreground inside `cell`; its log goes to the file `log`. */
export async function startDaemon(
  cell: Cell,
  name: Daemon['name'],
  log: string,
  command: readonly [string, ...string[]],
): Promise<Daemon> {
  const messages = openSync(log, 'a')
  const [program, ...args] = command
  const start = async (): Promise<ChildProcess> => {
    const entering = cell.spawn(program, args, { stdio: ['ignore', messages, messages] })
    await once(entering, 'spawn')
    // The child is nsenter; the daemon is the child of nsenter.
    while (entering.exitCode === null && entering.signalCode === null && !hasChild(entering)) await sleep(10)
    return entering
  }
  let child = await start()
  async function end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const ended = once(child, 'exit')
    process.kill(childOf(child), signal)
    continueEntered(child)
    await ended
  }
  return {
    name,
    get pid() {
      return childOf(child)
    },
    kill: () => end('SIGKILL'),
    async restart() {
      if (child.exitCode === null && child.signalCode === null) await end('SIGTERM')
      child = await start()
    },
  }
}

function hasChild({ pid }: ChildProcess): boolean {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8') !== ''
}
