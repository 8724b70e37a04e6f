import { messageOf } from '@slashzero/contract/report'
import type { Report } from '@slashzero/contract/report'
import type { Log } from '../log.ts'
import type { DeliveryStatus } from '../deliver/delivery.ts'
import { describeCollector } from './describe-collector.ts'
import { describeReport } from './describe-report.ts'
import { PAGE_ENDS, renderFamilies } from './render-families.ts'
import type { Format } from './render-families.ts'
import { servePage } from './serve-page.ts'
import type { ListenAddress } from '../listen-address.ts'
import { createTextfile } from './write-textfile.ts'

export type MetricsOptions = {
  /** The address of `/metrics`; null to serve no page. */
  readonly listen: ListenAddress | null
  /** Path of the file for node_exporter; null for none. */
  readonly textfile: string | null
  readonly version: string
  readonly readDelivery: () => DeliveryStatus
  readonly log: Log
}

export type Metrics = {
  /** Serves and writes this report from now on. */
  readonly observe: (report: Report) => void
  /** Stops serving and removes the textfile, so that its old numbers do not pass as current. */
  readonly stop: () => void
}

/**
 * Shows the last report as Prometheus metrics, rendered at the first scrape. If the server cannot listen, it logs the
 * reason and tries again at each report, because an address may come up later.
 */
export async function startMetrics({ listen, textfile, version, readDelivery, log }: MetricsOptions): Promise<Metrics> {
  const file = textfile === null ? null : createTextfile(textfile, log)
  const made = new Map<Format, string>()
  let last: Report | null = null
  let stopped = false
  let served: Awaited<ReturnType<typeof servePage>> | null = null
  let problem: string | null = null

  function page(format: Format): string {
    const seen = made.get(format) ?? (last === null ? '' : renderFamilies(describeReport(last), format))
    made.set(format, seen)
    return renderFamilies(describeCollector(version, readDelivery()), format) + seen + PAGE_ENDS[format]
  }

  async function serve(address: ListenAddress): Promise<void> {
    try {
      const serving = await servePage(address, page)
      if (stopped || served !== null) return serving.close()
      served = serving
      log.info({ url: served.url }, 'metrics are served')
    } catch (error) {
      if (served !== null) return
      const message = messageOf(error)
      if (message !== problem)
        log.error({ error: message }, 'metrics cannot be served; free the port or correct the address')
      problem = message
    }
  }

  if (listen !== null) await serve(listen)
  return {
    observe(report) {
      if (stopped) return
      last = report
      made.clear()
      file?.write(page('text'))
      if (listen !== null && served === null) void serve(listen)
    },
    stop() {
      stopped = true
      served?.close()
      file?.remove()
    },
  }
}
