import type { EventEmitter } from 'node:events'
import { isDeepStrictEqual } from 'node:util'
import { messageOf } from '@slashzero/contract/report'
import type { Log } from '../log.ts'
import type { Manager } from '../systemd/tell-manager.ts'

export type ReloadOptions<Settings> = {
  /** Throws if the settings cannot be used. */
  readonly load: () => Settings
  /** Works with these settings until `signal`, and tells the manager when the work runs. */
  readonly work: (settings: Settings, signal: AbortSignal) => Promise<void>
  readonly stop: AbortSignal
  readonly log: Log
  readonly manager: Pick<Manager, 'ready' | 'reloading'>
  /** Where SIGHUP arrives. */
  readonly signals?: EventEmitter
}

/**
 * Works until `stop`. SIGHUP loads the settings and starts the work again. If the settings are broken or as before, the
 * work goes on: systemd may send the signal twice for one reload (systemd.service(5), notify-reload and ExecReload).
 */
export async function runReloading<Settings>({
  load,
  work,
  stop,
  log,
  manager,
  signals = process,
}: ReloadOptions<Settings>): Promise<void> {
  let settings = load()
  let round = new AbortController()
  const reload = (): void => {
    manager.reloading()
    try {
      const next = load()
      if (!isDeepStrictEqual(next, settings)) {
        settings = next
        round.abort()
        return
      }
      log.info({}, 'the configuration is as before')
    } catch (error) {
      const problems = messageOf(error).split('\n')
      log.error({ problems }, 'the configuration is broken, so the old settings stay')
    }
    manager.ready()
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
