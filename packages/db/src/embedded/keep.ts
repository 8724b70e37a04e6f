import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '@slashzero/contract/report'
import { type EmbeddedPostgres, startEmbeddedPostgres } from './start.ts'

/** In milliseconds. */
const FIRST_PAUSE = 1000
const LONGEST_PAUSE = 30_000
const SILENCE = 60_000

/**
 * Starts the embedded PostgreSQL again whenever it ends by itself; the pause doubles up to 30 s. `say` gets a sentence
 * at each end, and once a minute on a full disk. Throws an Error of one sentence if the first start fails.
 */
export async function keepEmbeddedPostgres(
  folder: string,
  settings: readonly string[],
  say: (sentence: string) => void,
): Promise<Pick<EmbeddedPostgres, 'url' | 'stop'>> {
  const stopping = new AbortController()
  let saidAt = -Infinity
  const start = () =>
    startEmbeddedPostgres(folder, settings, () => {
      if (performance.now() - saidAt < SILENCE) return
      saidAt = performance.now()
      say(`The disk of ${folder} is full: free some space there. Reports are refused until there is room.`)
    })
  let current = await start()

  async function keep(): Promise<void> {
    for (;;) {
      const reason = await current.ended
      if (stopping.signal.aborted) return
      say(`PostgreSQL ended: ${reason} Slashzero starts PostgreSQL again.`)
      await startAgain()
    }
  }

  async function startAgain(): Promise<void> {
    for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      await sleep(pause, undefined, { signal: stopping.signal }).catch(() => undefined)
      if (stopping.signal.aborted) return
      try {
        current = await start()
        return say('PostgreSQL runs again.')
      } catch (error) {
        say(messageOf(error))
      }
    }
  }

  const kept = keep()
  return {
    url: current.url,
    async stop() {
      stopping.abort()
      await current.stop()
      await kept
      await current.stop()
    },
  }
}
