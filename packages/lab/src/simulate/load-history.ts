import type { Report } from '@slashzero/contract'
import type { HostPlan } from './plan-host.ts'
import { historyLength, scheduleReports, warmUp } from './schedule-reports.ts'
import { enrolHost, sendReports, type Server } from './send-reports.ts'
import { type SimulatedHost, simulateHost } from './simulate-host.ts'

/** A simulated host that the server knows, with its credential. */
export type EnrolledHost = { readonly host: SimulatedHost; readonly credential: string }

type Load = {
  readonly server: Server
  readonly enrolmentToken: string
  readonly plans: readonly HostPlan[]
  /** The end of the history, in milliseconds since the epoch. */
  readonly now: number
  readonly onProgress: (progress: { done: number; total: number }) => void
}

// While one host's batch is judged and written, the next ones are simulated and compressed.
const hostsAtOnce = 4
const batchReports = 100
/** Taps in a batch: some 500 bytes of JSON each with their route check, against 16 MB that the ingest takes. */
const batchTaps = 5000

/** Enrols every host and sends its day of history through the ingest; `onProgress` counts reports. @throws SendError */
export async function loadHistory({ server, enrolmentToken, plans, now, onProgress }: Load): Promise<readonly EnrolledHost[]> {
  const total = plans.reduce((sum, plan) => sum + scheduleReports(plan, now).length, 0)
  let done = 0
  const enrolled: EnrolledHost[] = []
  // Dark hosts first: they are to be seen as silent when the last of the others has been sent.
  const reports = (plan: HostPlan) => Number(plan.lastReportAt === null)
  const waiting = plans.toSorted((one, other) => reports(one) - reports(other)).values()
  onProgress({ done, total })
  await Promise.all(Array.from({ length: hostsAtOnce }, loadHosts))
  return enrolled

  async function loadHosts() {
    for (const plan of waiting) {
      const host = simulateHost(plan, now - historyLength - warmUp)
      const credential = await enrolHost(server, enrolmentToken, { id: plan.hostId, name: plan.name })
      for (const batch of batches(host, scheduleReports(plan, now))) {
        await sendReports(server, credential, batch)
        done += batch.length
        onProgress({ done, total })
      }
      enrolled.push({ host, credential })
    }
  }
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
