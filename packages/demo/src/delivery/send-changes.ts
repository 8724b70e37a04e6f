import { makeDelta, type Report } from '@slashzero/contract/report'
import { compressReports, SendError, sendBody, type Server } from './send-reports.ts'

/** A whole report after as many deltas: every five minutes or so. */
const MAX_DELTAS = 15
const SEND_ALL_STATUS = 409

/**
 * What changed between two reports of a host, as the body of a request. In: the name of the earlier report in its
 * acknowledgement, which is known only when the body is sent.
 */
export function prepareDelta(before: Report, next: Report): (base: string) => Buffer<ArrayBuffer> {
  const { base: _, ...delta } = makeDelta('', before, next)
  const rest = JSON.stringify({ ...delta, sentAt: next.sentAt }).slice(1)
  return (base) => Buffer.from(`{"base":${JSON.stringify(base)},${rest}`)
}

/**
 * Makes a function that sends one report of a host after another as its collector does, what changed or the whole;
 * resolves when the server has stored the report, and throws SendError.
 */
export function createHostSender(server: Server, credential: string): (report: Report) => Promise<void> {
  let acknowledged: { readonly base: string; readonly report: Report } | null = null
  let deltas = 0
  const sendWhole = async (report: Report) => {
    deltas = 0
    return sendBody(server, credential, await compressReports([report]))
  }
  const sendChanges = async (before: NonNullable<typeof acknowledged>, report: Report) => {
    deltas += 1
    try {
      return await sendBody(server, credential, prepareDelta(before.report, report)(before.base), 'identity')
    } catch (error) {
      if (!(error instanceof SendError) || error.status !== SEND_ALL_STATUS) throw error
      return sendWhole(report)
    }
  }
  return async (report) => {
    const before = acknowledged
    acknowledged = null
    const isWhole = before === null || deltas >= MAX_DELTAS
    const { base } = await (isWhole ? sendWhole(report) : sendChanges(before, report))
    acknowledged = base === undefined ? null : { base, report }
  }
}
