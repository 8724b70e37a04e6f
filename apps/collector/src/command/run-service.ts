import type { Report } from '@slashzero/contract/report'
import type { Clock, Sleep } from '../clock.ts'
import type { Settings } from '../config/index.ts'
import { createDelivery } from '../deliver/create-delivery.ts'
import { readHost } from '../host/read-host.ts'
import { exitAtOnce } from '../io/exit-at-once.ts'
import { openLinkSockets } from '../io/link-sockets.ts'
import { openKernel } from '../io/open-kernel.ts'
import { createMemoryKeeper } from '../memory/keep-small.ts'
import { startMetrics } from '../metrics/start-metrics.ts'
import { composePass } from '../pass/compose-pass.ts'
import { startGuestPush } from '../route-checks/guest-push/start-guest-push.ts'
import { createLinkWatch } from '../watch/create-link-watch.ts'
import { describeStatus } from '../systemd/describe-status.ts'
import { openNotify } from '../systemd/notify.ts'
import { tellManager } from '../systemd/tell-manager.ts'
import { readNotifySocket } from '../env.ts'
import { loadGiven } from './load-given.ts'
import { UsageError } from './parse-arguments.ts'
import type { Given } from './parse-arguments.ts'
import { runReloading } from './run-reloading.ts'
import { run } from './run.ts'
import { watchAdvertisements } from './watch-advertisements.ts'
import { log } from './write-log.ts'

/** What the program gives to each command. */
export type Runtime = { readonly version: string; readonly clock: Clock; readonly sleep: Sleep }

/** `run`: reports to the server until a signal stops the process. */
export async function runService(given: Given, { version, clock, sleep }: Runtime): Promise<void> {
  const kernel = openKernel()
  const manager = tellManager(openNotify(readNotifySocket()))
  const keepSmall = createMemoryKeeper()
  const stop = new AbortController()
  stop.signal.addEventListener('abort', manager.stopping)
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort())
  // The `slashzero start` that started this process is gone. Under systemd there is no channel to lose.
  process.once('disconnect', () => stop.abort())
  await runReloading({
    load: () => loadForRun(given),
    stop: stop.signal,
    log,
    manager,
    work: async (settings, signal) => {
      const { server, serverCa, enrolmentToken, stateDir, intervalMilliseconds } = settings
      const routeMilliseconds = Math.min(MAX_ROUTE_MILLISECONDS, intervalMilliseconds / 2)
      const host = readHost(kernel, version, settings.labels)
      // First, because createDelivery throws if another collector works in the state directory.
      const delivery = createDelivery({ server, serverCa, enrolmentToken, stateDir, host, log, clock, sleep })
      const watch = createLinkWatch({ kernel, sockets: openLinkSockets(), clock })
      const advertisements = watchAdvertisements(kernel, clock, settings)
      const listen = settings.guestPushListen
      const guestPush = listen === null ? null : await startGuestPush({ listen, stateDir, clock, log })
      const { pass, close } = composePass({
        searchMilliseconds: SEARCH_MILLISECONDS,
        routeMilliseconds,
        kernel,
        clock,
        host,
        settings,
        watch,
        guestPush,
        advertisements,
      })
      const metrics = await startMetrics({
        listen: settings.metricsListen,
        textfile: settings.metricsTextfile,
        version,
        readDelivery: delivery.status,
        log,
      })
      const enqueue = (report: Report): void => {
        delivery.enqueue(report)
        metrics.observe(report)
        manager.status(describeStatus(report, delivery.status()))
      }
      log.info({ host: host.id, server, intervalMilliseconds }, 'started')
      manager.ready()
      await run({
        pass,
        delivery: { enqueue, stop: delivery.stop },
        intervalMilliseconds,
        keepSmall,
        watch,
        signal,
        clock,
        sleep,
      })
      await watch.stop()
      advertisements?.stop()
      metrics.stop()
      close()
      // Two deliveries must not work on one spool.
      if (!stop.signal.aborted) await delivery.stop()
    },
  })
  log.info({}, 'stopped')
  // A guest agent or a file that hangs must not hold the process up.
  exitAtOnce(0)
}

function loadForRun(given: Given): Settings & { server: string } {
  const { server, ...settings } = loadGiven(given)
  if (server !== null) return { ...settings, server }
  throw new UsageError(
    '`run` needs a server: pass --server URL, set SLASHZERO_SERVER, or write server = "URL" in the configuration file.',
  )
}

// Some 4,000 interface indexes. The count is exact at once; with higher indexes the list needs more passes.
const SEARCH_MILLISECONDS = 10
const MAX_ROUTE_MILLISECONDS = 5000
