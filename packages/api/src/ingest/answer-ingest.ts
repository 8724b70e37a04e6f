import { PUSH_PATH } from '@slashzero/contract/report'
import {
  enrolRequest,
  type EnrolRequest,
  type EnrolResponse,
  type IngestResponse,
  type Report,
} from '@slashzero/contract/report'
import { ServiceError, type CollectorActor, type Logger } from '@slashzero/services'
import { fieldErrors } from '../error/field-errors.ts'
import { json, methodNotAllowed, problem, problemOf, type Answer } from '../http/answer.ts'
import { bearerToken } from '../http/bearer-token.ts'
import { createAdmission } from './admission.ts'
import { createAnswerPush, type PushVerbs } from './answer-push.ts'
import { createFailureLimit } from './failure-limit.ts'
import type { IngestRequest } from './ingest-request.ts'
import { parseJson } from './parse-json.ts'
import { parseReports } from './parse-reports.ts'
import { readBody } from './read-body.ts'
import { Refusal } from './refusal.ts'

/** The verbs behind the requests. */
export type IngestVerbs = PushVerbs & {
  readonly authenticate: (credential: string) => Promise<CollectorActor>
  readonly submit: (actor: CollectorActor, batch: readonly Report[], receivedAt: number) => Promise<IngestResponse>
  readonly enrol: (token: string, request: EnrolRequest) => Promise<EnrolResponse>
}

const REPORT_LIMITS = { sent: 1024 * 1024, inflated: 16 * 1024 * 1024 }
const ENROLMENT_LIMITS = { sent: 16 * 1024, inflated: 16 * 1024 }
const REPORTS_UNDER_WAY = { requests: 256, bytes: 128 * 1024 * 1024 }
const ENROLMENTS_UNDER_WAY = { requests: 64, bytes: 1024 * 1024 }
const RETRY_SECONDS = 5

/**
 * Makes the handler of `/ingest/v1`. A report's credential is checked before the body is read; an enrolment token is checked by
 * the exchange, after a body of at most 16 KiB.
 */
export function createAnswerIngest({
  verbs,
  now,
  log,
}: {
  readonly verbs: IngestVerbs
  readonly now: () => number
  readonly log: Logger
}): (request: IngestRequest) => Promise<Answer> {
  const reports = createAdmission(REPORTS_UNDER_WAY)
  const enrolments = createAdmission(ENROLMENTS_UNDER_WAY)
  const failureLimit = createFailureLimit(now)

  const answerPush = createAnswerPush({ verbs, now, log, failureLimit })

  return async function answerIngest(request) {
    const receivedAt = now()
    if (request.path === PUSH_PATH) return answerPush(request)
    if (request.path !== REPORTS && request.path !== ENROL) return problem(404, `There is nothing at ${request.path}.`)
    if (request.method !== 'POST') return methodNotAllowed(request.method, 'POST')
    const place = (request.path === REPORTS ? reports : enrolments).enter()
    if (!place) return busy()
    try {
      const token = bearerToken(request.authorization)
      if (token === null) throw new ServiceError('unauthenticated', 'Send the credential as "Authorization: Bearer …".')
      const wait = failureLimit.waitSeconds(request.source, token)
      if (wait > 0) return tooManyFailures(wait)

      if (request.path === ENROL) {
        const body = parseEnrolment(parseJson(await readBody(request, request.body, ENROLMENT_LIMITS)))
        return json(201, await verbs.enrol(token, body))
      }
      const actor = await verbs.authenticate(token)
      failureLimit.succeeded(token)
      const body = await readBody(request, request.body, REPORT_LIMITS)
      if (!place.hold(body.length)) return busy()
      const parsed = parseJson(body)
      const submitted = verbs.submit(actor, parseReports(parsed), receivedAt)
      return json(200, await (Array.isArray(parsed) ? submitted : submitted.catch(pointIntoOne)))
    } catch (error) {
      if (error instanceof Refusal) return problem(error.status, error.message, error)
      if (error instanceof ServiceError && error.code === 'unauthenticated') failureLimit.failed(request.source)
      return problemOf(error, log)
    } finally {
      place.leave()
    }
  }
}

const REPORTS = '/ingest/v1/reports'
const ENROL = '/ingest/v1/enrol'

function parseEnrolment(body: unknown): EnrolRequest {
  const result = enrolRequest.safeParse(body)
  if (result.success) return result.data
  throw new Refusal(422, 'The enrolment is invalid.', {}, fieldErrors(result.error.issues))
}

/** The verb takes batches; pointers of a single report begin at the report. */
function pointIntoOne(error: unknown): never {
  if (!(error instanceof ServiceError) || error.errors === undefined) throw error
  const errors = error.errors.map(({ pointer, detail }) => ({ pointer: pointer.replace(/^\/0(?=\/|$)/, ''), detail }))
  throw new ServiceError(error.code, error.message, errors, { cause: error })
}

function busy(): Answer {
  return problem(503, 'Too many reports are in progress; send this report again later.', {
    headers: { 'retry-after': String(RETRY_SECONDS) },
  })
}

function tooManyFailures(seconds: number): Answer {
  return problem(429, `Too many wrong tokens came from this address; try again in ${seconds} s.`, {
    headers: { 'retry-after': String(seconds) },
  })
}
