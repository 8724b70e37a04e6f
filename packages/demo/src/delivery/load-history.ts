import type { Report } from '@slashzero/contract/report'
import type { HostPlan } from '../fleet/plan-host.ts'
import { HISTORY_LENGTH, isCalm, scheduleReports, WARM_UP } from './schedule-reports.ts'
import { compressReports, enrolHost, sendBody, type Server } from './send-reports.ts'
import { type SimulatedHost, simulateHost } from '../host/simulate-host.ts'

/** A simulated host that the server knows, with its credential. */
export type EnrolledHost = { readonly host: SimulatedHost; readonly credential: string }

type Load = {
  readonly server: Server
  readonly enrolmentToken: string
  readonly plans: readonly HostPlan[]
  /** The end of the history, in milliseconds since the epoch. */
  readonly now: number
  readonly onProgress: (progress: { done: number; total: number }) => void
  /** Called once the server has a host's whole history. */
  readonly onLoaded: (host: EnrolledHost) => void
}

const CALM_HOSTS_AT_ONCE = 4
const BATCH_REPORTS = 100
/** Taps in a batch: a tap with its route check has some 70 names and values, and the ingest accepts 400,000. */
const BATCH_TAPS = 2000

/** Enrols every host and sends its day of history through the ingest; `onProgress` counts reports. @throws SendError */
export async function loadHistory({ server, enrolmentToken, plans, now, onProgress, onLoaded }: Load): Promise<void> {
  const total = plans.reduce((sum, plan) => sum + scheduleReports(plan, now).length, 0)
  let done = 0
  onProgress({ done, total })
  // Batches of a host with events follow each other at once, because a server that judges in between sees the past.
  // Dark hosts come first, so that they are silent when the last report of the others is sent.
  const eventful = plans.filter((plan) => !isCalm(plan))
  const [dark, reporting] = [eventful.filter(isDark), eventful.filter((plan) => !isDark(plan))]
  await loadHosts([...dark, ...reporting].values())
  const calm = plans.filter(isCalm).values()
  await Promise.all(Array.from({ length: CALM_HOSTS_AT_ONCE }, () => loadHosts(calm)))

  async function loadHosts(waiting: Iterable<HostPlan>) {
    for (const plan of waiting) {
      const host = simulateHost(plan, now - HISTORY_LENGTH - WARM_UP)
      const credential = await enrolHost(server, enrolmentToken, { id: plan.hostId, name: plan.name })
      let sending = Promise.resolve()
      for (const batch of batches(host, scheduleReports(plan, now))) {
        const body = await compressReports(batch)
        await sending
        sending = sendBody(server, credential, body).then(() => {
          done += batch.length
          onProgress({ done, total })
        })
        sending.catch(() => undefined) // awaited below, or before the next batch
      }
      await sending
      onLoaded({ host, credential })
    }
  }
}

function isDark({ lastReportAt }: HostPlan): boolean {
  return lastReportAt !== null
}

/** `sentAt` is now, because a collector sends kept reports after its server was away. */
function* batches(host: SimulatedHost, times: readonly number[]): Generator<readonly Report[]> {
  let batch: Report[] = []
  let taps = 0
  for (const at of times) {
    const report = host.observe(at, Date.now())
    batch.push(report)
    taps += report.routeChecks.length
    if (batch.length < BATCH_REPORTS && taps < BATCH_TAPS) continue
    yield batch
    batch = []
    taps = 0
  }
  if (batch.length > 0) yield batch
}
