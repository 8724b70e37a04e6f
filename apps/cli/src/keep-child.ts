import type { ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '@slashzero/contract/report'
import { exitOf, stopChild } from './process.ts'

const FIRST_PAUSE = 1000
const LONGEST_PAUSE = 60_000
/** A child that ran this long in milliseconds is started again after the shortest pause. */
const LONG_LIFE = 60_000

/**
 * Starts a child, and starts it again when it ends by itself. The pause between two starts doubles up to a minute.
 * `say` gets a sentence at each end; `name` begins that sentence. Out: stops the child for good.
 */
export function keepChild(
  name: string,
  start: () => Promise<ChildProcess>,
  say: (sentence: string) => void,
  firstPause = FIRST_PAUSE,
): () => Promise<void> {
  const stopping = new AbortController()
  let child: ChildProcess | null = null

  async function keep(): Promise<void> {
    let pause = firstPause
    while (!stopping.signal.aborted) {
      const startedAt = performance.now()
      const end = await runOnce()
      if (stopping.signal.aborted) return
      if (performance.now() - startedAt > LONG_LIFE) pause = firstPause
      say(`${name} ended (${end}); it is started again in ${Math.round(pause / 1000)} s.`)
      await sleep(pause, undefined, { signal: stopping.signal }).catch(() => undefined)
      pause = Math.min(pause * 2, LONGEST_PAUSE)
    }
  }

  async function runOnce(): Promise<string> {
    try {
      child = await start()
      if (stopping.signal.aborted) await stopChild(child)
      const code = await exitOf(child)
      return child.signalCode ?? `status ${code}`
    } catch (error) {
      return messageOf(error)
    }
  }

  const kept = keep()
  return async () => {
    stopping.abort()
    if (child !== null) await stopChild(child)
    await kept
  }
}
