import { applyDelta, DeltaError, reuseParts, SEND_ALL } from '@slashzero/contract/report'
import type { IngestResponse, Report } from '@slashzero/contract/report'
import { ServiceError, type Base, type BaseCache, type CollectorActor } from '@slashzero/services'
import { json, problem, type Answer } from '../http/answer.ts'
import { parseJson } from './parse-json.ts'
import { parseReports } from './parse-reports.ts'
import { Refusal } from './refusal.ts'

export type Submit = (
  actor: CollectorActor,
  batch: readonly Report[],
  receivedAt: number,
) => Promise<Omit<IngestResponse, 'base'>>

/** A body of JSON text of this host. `receivedAt`: milliseconds since the epoch. */
type Sent = { readonly actor: CollectorActor; readonly body: Uint8Array; readonly receivedAt: number }

/**
 * Stores the whole reports, or the delta, of a body. A delta becomes a whole report before it is judged, so both are
 * judged alike. A report becomes a base only when it is durable. Call for one body of a host after another.
 */
export function createTakeReports({ submit, bases }: { readonly submit: Submit; readonly bases: BaseCache }) {
  return async function takeReports({ actor, body, receivedAt }: Sent): Promise<Answer> {
    const parsed = parseJson(body)
    if (isDelta(parsed)) return takeDelta(parsed, { actor, body, receivedAt })
    const reports = reuseAll(bases.get(actor.hypervisorId), await parseReports(parsed))
    const submitted = submit(actor, reports, receivedAt)
    const response = await (Array.isArray(parsed) ? submitted : submitted.catch(pointIntoOne))
    const last = reports.at(-1)
    return json(200, { ...response, base: last && bases.keep(actor.hypervisorId, last, body.length) })
  }

  async function takeDelta(delta: Delta, { actor, body, receivedAt }: Sent): Promise<Answer> {
    const base = bases.get(actor.hypervisorId)
    if (base !== undefined && isRepeated(delta, base)) return json(200, { accepted: 0, duplicates: 1, base: base.name })
    if (base === undefined || base.name !== delta.base) return problem(409, UNKNOWN_BASE, { type: SEND_ALL })
    const report = apply(base, delta)
    const response = await submit(actor, [report], receivedAt).catch(pointIntoOne)
    return json(200, { ...response, base: bases.keep(actor.hypervisorId, report, body.length, base) })
  }
}

/** The same reports, in which the parts that the report before had are the same objects. */
function reuseAll(base: Base | undefined, reports: readonly Report[]): readonly Report[] {
  let before = base?.report
  return reports.map((report) => (before = before === undefined ? report : reuseParts(before, report)))
}

const UNKNOWN_BASE = 'This server does not hold the base of this delta; send the whole report.'

type Delta = { readonly base: unknown; readonly sequence?: unknown }

function isDelta(body: unknown): body is Delta {
  return typeof body === 'object' && body !== null && 'base' in body
}

/** Whether the delta made the report that is held: its acknowledgement was lost. */
function isRepeated(delta: Delta, { previous, report }: Base): boolean {
  return delta.base === previous && delta.sequence === report.sequence
}

function apply({ report }: Base, delta: Delta): Report {
  try {
    return applyDelta(report, delta)
  } catch (error) {
    if (!(error instanceof DeltaError)) throw error
    const errors = [{ pointer: error.pointer, detail: error.message }]
    throw new Refusal(422, 'The delta does not fit its base; send the whole report.', {}, errors)
  }
}

/** The verb takes batches; pointers of a single report begin at the report. */
function pointIntoOne(error: unknown): never {
  if (!(error instanceof ServiceError) || error.errors === undefined) throw error
  const errors = error.errors.map(({ pointer, detail }) => ({ pointer: pointer.replace(/^\/0(?=\/|$)/, ''), detail }))
  throw new ServiceError(error.code, error.message, errors, { cause: error })
}
