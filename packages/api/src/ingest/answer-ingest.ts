import { bearerToken, ENROL_PATH, PUSH_PATH, REPORTS_PATH } from '@slashzero/contract/report'
import { enrolRequest, type EnrolRequest, type EnrolResponse } from '@slashzero/contract/report'
import { ServiceError, type BaseCache, type CollectorActor, type Logger } from '@slashzero/services'
import { fieldErrors } from '../error/field-errors.ts'
import { json, methodNotAllowed, problem, problemOf, type Answer } from '../http/answer.ts'
import { createAdmission } from './admission.ts'
import { createAnswerPush, type PushVerbs } from './answer-push.ts'
import { createFailureLimit } from './failure-limit.ts'
import type { IngestRequest } from './ingest-request.ts'
import { networkOf } from './network-of.ts'
import { parseJson } from './parse-json.ts'
import { readBody } from './read-body.ts'
import { Refusal } from './refusal.ts'
import { createTakeReports, type Submit } from './take-reports.ts'
import { createTurns } from './turns.ts'

/** The verbs behind the requests. */
export type IngestVerbs = PushVerbs & {
  readonly authenticate: (credential: string) => Promise<CollectorActor>
  readonly submit: Submit
  /** Throws ServiceError `unauthenticated` for a token that `enrol` would refuse. */
  readonly checkEnrolment: (token: string) => Promise<void>
  readonly enrol: (token: string, request: EnrolRequest) => Promise<EnrolResponse>
}

const REPORT_LIMITS = { sent: 1024 * 1024, inflated: 8 * 1024 * 1024 }
const ENROLMENT_LIMITS = { sent: 16 * 1024, inflated: 16 * 1024 }
/** A collector sends one request at a time; an older request may wait in a broken connection. */
const REPORTS_UNDER_WAY = { each: 4, requests: 256, bytes: 128 * 1024 * 1024 }
/** A fleet enrols with one token, and maybe from one address. */
const ENROLMENTS_UNDER_WAY = { each: 64, requests: 64, bytes: 1024 * 1024 }
const RETRY_SECONDS = 5

/**
 * Makes the handler of `/ingest/v1`. A token is checked before the body is read. Slow, large or many bodies delay only
 * their own host: each host has its own places, and unpacks one body after another.
 */
export function createAnswerIngest({
  verbs,
  bases,
  now,
  log,
}: {
  readonly verbs: IngestVerbs
  readonly bases: BaseCache
  readonly now: () => number
  readonly log: Logger
}): (request: IngestRequest) => Promise<Answer> {
  const reports = createAdmission(REPORTS_UNDER_WAY)
  const enrolments = createAdmission(ENROLMENTS_UNDER_WAY)
  const inTurn = createTurns()
  const failureLimit = createFailureLimit(now)

  const takeReports = createTakeReports({ submit: verbs.submit, bases })
  const answerPush = createAnswerPush({ verbs, now, log, failureLimit })

  async function answerReports(request: IngestRequest, token: string, receivedAt: number): Promise<Answer> {
    const actor = await failureLimit.check(request.source, () => verbs.authenticate(token))
    const place = reports.enter(actor.hypervisorId)
    if (!place) return busy(429, 'Too many reports of this host are in progress; send one request at a time.')
    try {
      const { sent, unpack } = await readBody(request, request.body, REPORT_LIMITS)
      if (!place.hold(sent.length)) return busy(503, BUSY)
      return await inTurn(actor.hypervisorId, async () => {
        const body = await unpack()
        if (!place.hold(body.length)) return busy(503, BUSY)
        return takeReports({ actor, body, receivedAt })
      })
    } finally {
      place.leave()
    }
  }

  async function answerEnrolment(request: IngestRequest, token: string): Promise<Answer> {
    await failureLimit.check(request.source, () => verbs.checkEnrolment(token))
    const place = enrolments.enter(`${token} ${networkOf(request.source)}`)
    if (!place) return busy(429, 'Too many hosts enrol with this token at once; enrol again later.')
    try {
      const { sent, unpack } = await readBody(request, request.body, ENROLMENT_LIMITS)
      if (!place.hold(sent.length)) return busy(503, BUSY)
      return json(201, await verbs.enrol(token, parseEnrolment(parseJson(await unpack()))))
    } finally {
      place.leave()
    }
  }

  return async function answerIngest(request) {
    const receivedAt = now()
    if (request.path === PUSH_PATH) return answerPush(request)
    if (request.path !== REPORTS_PATH && request.path !== ENROL_PATH)
      return problem(404, `There is nothing at ${request.path}.`)
    if (request.method !== 'POST') return methodNotAllowed(request.method, 'POST')
    try {
      const token = bearerToken(request.authorization)
      if (token === null) throw new ServiceError('unauthenticated', 'Send the credential as "Authorization: Bearer …".')
      return await (request.path === ENROL_PATH
        ? answerEnrolment(request, token)
        : answerReports(request, token, receivedAt))
    } catch (error) {
      if (error instanceof Refusal) return problem(error.status, error.message, error)
      return problemOf(error, log)
    }
  }
}

function parseEnrolment(body: unknown): EnrolRequest {
  const result = enrolRequest.safeParse(body)
  if (result.success) return result.data
  throw new Refusal(422, 'The enrolment is invalid.', {}, fieldErrors(result.error.issues))
}

const BUSY = 'Too many reports are in progress; send this report again later.'

function busy(status: 429 | 503, detail: string): Answer {
  return problem(status, detail, { headers: { 'retry-after': String(RETRY_SECONDS) } })
}
