import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { collect } from '../cell/collect.ts'
import { type Cell, childOf } from '../cell/start.ts'

export type Emulator = {
  /** Waits until a file exists; if QEMU ends first, throws QEMU's error output. */
  until(path: string): Promise<void>
  stop(): Promise<void>
}

/** Starts QEMU, or a program beside it, inside a hypervisor. It ends with its cell. */
export function startEmulator(cell: Cell, program: string, args: readonly string[]): Emulator {
  // The child is nsenter, which ends with the program that it started.
  const child = cell.spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = once(child, 'exit')
  const complaint = collect(child.stderr)
  ended.catch(() => {})
  complaint.catch(() => {})
  const isRunning = () => child.exitCode === null && child.signalCode === null
  return {
    async until(path) {
      while (!existsSync(path)) {
        if (!isRunning()) throw new Error(`${program} ended: ${(await complaint).trim()}`)
        await sleep(20)
      }
    },
    async stop() {
      if (!isRunning()) return
      try {
        process.kill(childOf(child), 'SIGTERM')
      } catch {
        // The program has just ended with its hypervisor.
      }
      await ended
    },
  }
}
