import {
  bearerToken,
  MAX_PUSH_BYTES,
  PUSH_PAUSE_MILLISECONDS,
  PUSH_REFUSALS,
  PUSH_RETRY_SECONDS,
} from '@slashzero/contract/report'
import { ServiceError, type GuestActor, type Logger } from '@slashzero/services'
import { describeError } from '../error/describe-error.ts'
import { statuses } from '../error/statuses.ts'
import { line, type Answer } from '../http/answer.ts'
import { createAdmission } from './admission.ts'
import type { FailureLimit } from './failure-limit.ts'
import type { IngestRequest } from './ingest-request.ts'
import { createPace } from './pace.ts'
import { readPlainBody } from './read-body.ts'
import { Refusal } from './refusal.ts'

/** The pause between pushes leaves room for a push in a broken connection. */
const UNDER_WAY = { each: 2, requests: 256, bytes: 32 * 1024 * 1024 }

/** The verbs behind a push. */
export type PushVerbs = {
  readonly authenticateGuest: (token: string) => Promise<GuestActor>
  /** Resolves to a line that answers the guest. */
  readonly push: (actor: GuestActor, format: string, table: Uint8Array, receivedAt: number) => Promise<string>
}

type Needs = {
  readonly verbs: PushVerbs
  readonly now: () => number
  readonly log: Logger
  readonly failureLimit: FailureLimit
}

/**
 * Makes the handler of `POST /ingest/v1/routes`. The client is a small script, so every answer is a line of text. The
 * token is checked before the body is read, and a flooding guest waits before any query.
 */
export function createAnswerPush({
  verbs,
  now,
  log,
  failureLimit,
}: Needs): (request: IngestRequest) => Promise<Answer> {
  const pushes = createAdmission(UNDER_WAY)
  const pace = createPace(now, PUSH_PAUSE_MILLISECONDS)

  async function answer(request: IngestRequest, receivedAt: number): Promise<Answer> {
    if (request.method !== 'POST') throw new Refusal(405, PUSH_REFUSALS.method, { allow: 'POST' })
    const token = bearerToken(request.authorization)
    if (token === null) throw new ServiceError('unauthenticated', PUSH_REFUSALS.token)
    if (request.format === null) throw new Refusal(400, PUSH_REFUSALS.noFormat)
    const pause = pace.waitSeconds(token)
    if (pause > 0) throw new Refusal(429, PUSH_REFUSALS.pause(pause), { 'retry-after': String(pause) })
    const actor = await failureLimit.check(request.source, () => verbs.authenticateGuest(token))
    const place = pushes.enter(actor.tokenId)
    if (!place) return busy()
    try {
      const table = await readPlainBody(request, request.body, MAX_PUSH_BYTES)
      if (!place.hold(table.length)) return busy()
      return line(200, await verbs.push(actor, request.format, table, receivedAt))
    } finally {
      place.leave()
    }
  }

  return async function answerPush(request) {
    try {
      return await answer(request, now())
    } catch (error) {
      if (error instanceof Refusal) return line(error.status, error.message, error.headers)
      const { code, detail } = describeError(error, log)
      return line(statuses[code].http, detail)
    }
  }
}

function busy(): Answer {
  return line(503, PUSH_REFUSALS.busy, { 'retry-after': String(PUSH_RETRY_SECONDS) })
}
