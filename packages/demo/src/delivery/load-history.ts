import type { Report } from '@slashzero/contract/report'
import type { HostPlan } from '../fleet/plan-host.ts'
import { historyLength, isCalm, scheduleReports, warmUp } from './schedule-reports.ts'
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

const calmHostsAtOnce = 4
const batchReports = 100
/** Taps in a batch: some 500 bytes of JSON each with their route check, against 16 MB that the ingest takes. */
const batchTaps = 10_000

/** Enrols every host and sends its day of history through the ingest; `onProgress` counts reports. @throws SendError */
export async function loadHistory({ server, enrolmentToken, plans, now, onProgress, onLoaded }: Load): Promise<void> {
  const total = plans.reduce((sum, plan) => sum + scheduleReports(plan, now).length, 0)
  let done = 0
  onProgress({ done, total })
  // Whoever judges a host between two batches of its past takes the past for the present, so where something happens the
  // batches follow each other at once. Dark hosts come first, to be silent when the last of the others has been sent.
  const eventful = plans.filter((plan) => !isCalm(plan))
  const [dark, reporting] = [eventful.filter(isDark), eventful.filter((plan) => !isDark(plan))]
  await loadHosts([...dark, ...reporting].values())
  const calm = plans.filter(isCalm).values()
  await Promise.all(Array.from({ length: calmHostsAtOnce }, () => loadHosts(calm)))

  async function loadHosts(waiting: Iterable<HostPlan>) {
    for (const plan of waiting) {
      const host = simulateHost(plan, now - historyLength - warmUp)
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

/** They are sent now, as a collector sends what it kept while its server was away. */
function* batches(host: SimulatedHost, times: readonly number[]): Generator<readonly Report[]> {
  let batch: Report[] = []
  let taps = 0
  for (const at of times) {
    const report = host.observe(at, Date.now())
    batch.push(report)
    taps += report.routeChecks.length
    if (batch.length < batchReports && taps < batchTaps) continue
    yield batch
    batch = []
    taps = 0
  }
  if (batch.length > 0) yield batch
}
