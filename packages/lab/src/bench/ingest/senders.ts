import { type Report, REPORTS_PATH } from '@slashzero/contract/report'
import { compressReports, enrolHost, type HostPlan, prepareDelta } from '@slashzero/demo'
import type { Target } from '../measurement.ts'
import { passOn, startSteadyHost, type SteadyHost } from './steady-host.ts'

/** A report that is made before the measurement, so that the sender costs little during the measurement. */
type Prepared = { readonly whole: Buffer | null; readonly delta: ((base: string) => Buffer) | null }

/** An enrolled host. Its reports are sent one after another. */
export type Sender = {
  readonly heads: { readonly whole: string; readonly delta: string }
  /** Names the last acknowledged report; undefined if the server holds none. */
  base: string | undefined
  /** The host at its last acknowledged report before `prepared`. */
  start: SteadyHost
  times: readonly number[]
  prepared: readonly Prepared[]
  sent: number
  passes: number
}

/** A collector sends the whole report every four to six minutes. */
const WHOLE_EACH = 20
const HOSTS_AT_ONCE = 16

export async function enrolSenders(target: Target, plans: readonly HostPlan[]): Promise<readonly Sender[]> {
  const server = { url: target.server, signal: new AbortController().signal }
  const { host } = new URL(target.server)
  const senders: Sender[] = []
  const waiting = plans.values()
  await Promise.all(
    Array.from({ length: HOSTS_AT_ONCE }, async () => {
      for (const plan of waiting) {
        const credential = await enrolHost(server, target.enrolmentToken, { id: plan.hostId, name: plan.name })
        const head =
          `POST ${REPORTS_PATH} HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${credential}\r\n` +
          'content-type: application/json\r\n'
        senders.push({
          heads: { whole: `${head}content-encoding: gzip\r\n`, delta: head },
          base: undefined,
          start: startSteadyHost(plan, Date.now()),
          times: [],
          prepared: [],
          sent: 0,
          // Hosts do not send their whole reports together.
          passes: senders.length,
        })
      }
    }),
  )
  return senders
}

/** Makes the next `count` reports of each host, `step` milliseconds apart from now on. */
export async function prepareReports(
  senders: readonly Sender[],
  { count, step, deltas }: { readonly count: number; readonly step: number; readonly deltas: boolean },
): Promise<void> {
  for (const sender of senders) {
    const start = hostAt(sender)
    const begin = Math.max(Date.now(), Date.parse(start.report.observedAt) + 1)
    const times = Array.from({ length: count }, (_, place) => Math.ceil(begin + place * step))
    let host = start
    const prepared: Promise<Prepared>[] = []
    for (const [place, at] of times.entries()) {
      const before = host.report
      host = passOn(host, at)
      const isWhole = !deltas || (sender.passes + place) % WHOLE_EACH === 0
      prepared.push(prepare(isWhole, before, host.report))
    }
    Object.assign(sender, { start, times, sent: 0, prepared: await Promise.all(prepared) })
  }
}

async function prepare(isWhole: boolean, before: Report, next: Report): Promise<Prepared> {
  return isWhole
    ? { whole: await compressReports([next]), delta: null }
    : { whole: null, delta: prepareDelta(before, next) }
}

/** The host at its last acknowledged report. Made again, because keeping every report costs too much memory. */
function hostAt({ start, times, sent }: Sender, more = 0): SteadyHost {
  return times.slice(0, sent + more).reduce(passOn, start)
}

/** The next report whole, although it was prepared as a delta. */
export function compressNext(sender: Sender): Promise<Buffer> {
  return compressReports([hostAt(sender, 1).report])
}
