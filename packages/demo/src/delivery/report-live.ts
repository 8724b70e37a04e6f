import { setTimeout as sleep } from 'node:timers/promises'
import type { EnrolledHost } from './load-history.ts'
import { createHostSender } from './send-changes.ts'
import { SendError, type Server } from './send-reports.ts'

const SECOND = 1000
const PATIENCE = 120 * SECOND

export type LiveReports = {
  /** Reports for this host every 15 to 30 s, unless the host is dark. */
  readonly add: (host: EnrolledHost) => void
  /**
   * Resolves when the server refuses every host that was added, as it does after the demo was removed; rejects when
   * `server.signal` aborts, and with a SendError when no report got through for two minutes.
   */
  readonly ended: () => Promise<void>
}

/** Waits while the server is away, as during an upgrade. */
export function startLiveReports(server: Server): LiveReports {
  const hosts: Promise<void>[] = []
  let lastSuccess = Date.now()
  return {
    add(enrolled) {
      if (enrolled.host.plan.lastReportAt !== null) return
      const reporting = keepReporting(enrolled)
      reporting.catch(() => undefined) // it is `ended` that rejects
      hosts.push(reporting)
    },
    ended: async () => void (await Promise.all(hosts)),
  }

  async function keepReporting({ host, credential }: EnrolledHost) {
    const send = createHostSender(server, credential)
    const interval = (15 + (host.plan.number % 16)) * SECOND
    await sleep((host.plan.number * 397) % interval, undefined, { signal: server.signal })
    for (;;) {
      try {
        await send(host.observe(Date.now()))
        lastSuccess = Date.now()
      } catch (error) {
        if (!(error instanceof SendError)) throw error
        if (error.status === 401 || error.status === 403) return
        if (Date.now() - lastSuccess > PATIENCE) throw error
      }
      await sleep(interval, undefined, { signal: server.signal })
    }
  }
}
