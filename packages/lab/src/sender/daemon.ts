import { type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
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
export async function startDaemon(cell: Cell, name: Daemon['name'], log: string, command: readonly [string, ...string[]]): Promise<Daemon> {
  const messages = openSync(log, 'a')
  const [program, ...args] = command
  const start = (): ChildProcess => cell.spawn(program, args, { stdio: ['ignore', messages, messages] })
  let child = start()
  await once(child, 'spawn')
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
      child = start()
      await once(child, 'spawn')
    },
  }
}
