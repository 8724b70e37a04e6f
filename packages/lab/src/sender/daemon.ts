import { type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { openSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Cell, childOf } from '../cell/start.ts'

/** A running sender of Router Advertisements. */
export type Daemon = {
  readonly name: 'radvd' | 'dnsmasq'
  /** Its process, as this machine numbers it; another after each restart. */
  readonly pid: number
  /** Ends it before it can say farewell. */
  kill(): Promise<void>
  /** Starts it again, after it said farewell where it still runs. */
  restart(): Promise<void>
}

/** Starts a program that stays in the foreground inside `cell`; its messages go to the file `log`. */
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
    // What was spawned is nsenter; the daemon is its child.
    while (entering.exitCode === null && entering.signalCode === null && !hasChild(entering)) await sleep(10)
    return entering
  }
  let child = await start()
  async function end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const ended = once(child, 'exit')
    process.kill(childOf(child), signal)
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
