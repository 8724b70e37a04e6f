import { setTimeout as sleep } from 'node:timers/promises'
import type { EnrolledHost } from './load-history.ts'
import { SendError, sendReports, type Server } from './send-reports.ts'

const second = 1000
const patience = 120 * second

/**
 * Goes on reporting for every host that is not dark, each every 15 to 30 s, until `server.signal` aborts or the server
 * refuses all of them, as it does after the demo was removed. A server that is away for a while, as during an
 * upgrade, is waited for. @throws SendError when no report got through for two minutes
 */
export async function reportLive(server: Server, hosts: readonly EnrolledHost[]): Promise<void> {
  let lastSuccess = Date.now()
  await Promise.all(hosts.filter(({ host }) => host.plan.lastReportAt === null).map(keepReporting))

  async function keepReporting({ host, credential }: EnrolledHost) {
    const interval = (15 + (host.plan.number % 16)) * second
    await sleep((host.plan.number * 397) % interval, undefined, { signal: server.signal })
    for (;;) {
      try {
        await sendReports(server, credential, [host.observe(Date.now())])
        lastSuccess = Date.now()
      } catch (error) {
        if (!(error instanceof SendError)) throw error
        if (error.status === 401 || error.status === 403) return
        if (Date.now() - lastSuccess > patience) throw error
      }
      await sleep(interval, undefined, { signal: server.signal })
    }
  }
}
