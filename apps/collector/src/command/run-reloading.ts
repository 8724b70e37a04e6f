import type { EventEmitter } from 'node:events'
import { messageOf } from '@slashzero/contract/report'
import type { Log } from '../log.ts'

export type ReloadOptions<Settings> = {
  /** Throws if the settings cannot be used. */
  readonly load: () => Settings
  /** Works with these settings until `signal`. */
  readonly work: (settings: Settings, signal: AbortSignal) => Promise<void>
  readonly stop: AbortSignal
  readonly log: Log
  /** Where SIGHUP arrives. */
  readonly signals?: EventEmitter
}

/**
 * Works until `stop`. Each SIGHUP loads the settings and starts the work again; if the settings are broken, the old
 * settings stay.
 */
export async function runReloading<Settings>({
  load,
  work,
  stop,
  log,
  signals = process,
}: ReloadOptions<Settings>): Promise<void> {
  let settings = load()
  let round = new AbortController()
  const reload = (): void => {
    try {
      settings = load()
      round.abort()
    } catch (error) {
      const problems = messageOf(error).split('\n')
      log.error({ problems }, 'the configuration is broken, so the old settings stay')
    }
  }
  signals.on('SIGHUP', reload)
  try {
    for (let rounds = 0; !stop.aborted; rounds += 1) {
      if (rounds > 0) log.info({}, 'the configuration was reloaded')
      round = new AbortController()
      await work(settings, AbortSignal.any([stop, round.signal]))
    }
  } finally {
    signals.off('SIGHUP', reload)
  }
}
