import { setTimeout as sleep } from 'node:timers/promises'
import { join } from 'node:path'
import { ingestResponse } from '@slashzero/contract'
import { createCredentialKeeper } from './keep-credential.ts'
import { openSpool, removeForeignSpools, spoolLimits } from './keep-spool.ts'
import { delayRetry, delayUnauthorised } from './delay-retry.ts'
import { postRequest } from './post-request.ts'
import type { Answer } from './post-request.ts'
import type { Pusher, PusherOptions } from './pusher.ts'

const largestBatch = 50
const largestBatchBytes = 4 * 1024 * 1024
const stopGraceMilliseconds = 2000

/**
 * Sends reports to the server in the order they were enqueued and keeps them on disk until they are acknowledged.
 * One request is under way at a time. Throws where `server` is no http or https URL.
 */
export function createPusher(options: PusherOptions): Pusher {
  const { log, host, now = Date.now, random = Math.random } = options
  const server = readServer(options.server)
  const spools = join(options.stateDir, 'spool')
  removeForeignSpools(spools, host.id, log)
  const spool = openSpool({ directory: join(spools, host.id), limits: { ...spoolLimits, ...options.limits }, now, log })
  const stopping = new AbortController()
  const aborting = new AbortController()
  const http = { now, signal: aborting.signal }
  const credentials = createCredentialKeeper({ ...options, ...http, server })
  let wake = Promise.withResolvers<void>()
  let batchLimit = largestBatch
  let failures = 0
  let lastError: string | null = null
  let acknowledged = 0
  let lastAcknowledgedAt: number | null = null

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      const batch = spool.oldest(batchLimit, largestBatchBytes)
      if (batch.length === 0) {
        await wake.promise
        wake = Promise.withResolvers<void>()
        continue
      }
      await pause(settle(batch, await send(batch.map(({ text }) => text))))
    }
  }

  async function send(texts: readonly string[]): Promise<Answer> {
    const credential = await credentials.obtain()
    if (typeof credential !== 'string') return credential
    const sentAt = `{"sentAt":"${new Date(now()).toISOString()}",`
    const text = `[${texts.map((one) => sentAt + one.slice(1)).join(',')}]`
    const answer = await postRequest({ url: new URL('ingest/v1/reports', server), bearer: credential, text }, http)
    // A captive portal also says 200: only the server's own words take a report off the disk.
    if (answer.kind === 'taken' && !ingestResponse.safeParse(answer.body).success) {
      return { kind: 'failed', detail: 'the answer is none of a slashzero server', retryAfterMilliseconds: null }
    }
    return answer
  }

  /** Applies an answer to the spool; gives the wait before the next request, in milliseconds. */
  function settle(batch: ReturnType<typeof spool.oldest>, answer: Answer): number {
    switch (answer.kind) {
      case 'taken':
        spool.remove(batch.map(({ entry }) => entry))
        acknowledged += batch.length
        lastAcknowledgedAt = now()
        batchLimit = Math.min(largestBatch, batchLimit * 2)
        if (lastError !== null) log.info({ afterAttempts: failures + 1 }, 'The server takes reports again')
        failures = 0
        lastError = null
        return 0
      case 'refused':
        refuse(batch, answer.detail)
        return 0
      case 'unauthorised':
        fail(answer.detail, 'The server does not accept this host; reports are kept. Check the credential, or remove it and configure an enrolment token')
        return delayUnauthorised(random)
      case 'failed':
        fail(answer.detail, 'Cannot deliver reports; they are kept and sent later')
        return answer.retryAfterMilliseconds ?? delayRetry(failures, random)
      default:
        return answer satisfies never
    }
  }

  /** Halves the batch until the report at fault stands alone, and drops that one. */
  function refuse(batch: ReturnType<typeof spool.oldest>, detail: string): void {
    const [first] = batch
    if (batch.length > 1 || first === undefined) {
      batchLimit = Math.ceil(batch.length / 2)
      return
    }
    spool.drop(first.entry)
    log.error({ detail, bytes: first.entry.bytes }, 'The server refused a report for good; it is dropped')
  }

  function fail(detail: string, message: string): void {
    failures += 1
    if (detail !== lastError && !stopping.signal.aborted) log.warn({ detail, server: server.origin }, message)
    lastError = detail
  }

  async function pause(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: stopping.signal }).catch(() => undefined)
  }

  const running = run()
  return {
    enqueue(report) {
      spool.put(report)
      wake.resolve()
    },
    status() {
      const { reports, bytes, dropped, onDisk } = spool.status()
      return {
        spooledReports: reports,
        spooledBytes: bytes,
        droppedReports: dropped,
        acknowledgedReports: acknowledged,
        lastAcknowledgedAt,
        onDisk,
        lastError,
      }
    },
    async stop() {
      stopping.abort()
      wake.resolve()
      const grace = setTimeout(() => aborting.abort(), stopGraceMilliseconds)
      await running
      clearTimeout(grace)
    },
  }
}

function readServer(text: string): URL {
  const url = URL.parse(text.endsWith('/') ? text : `${text}/`)
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new Error(`The server address ${JSON.stringify(text)} is no http or https URL; write for instance https://slashzero.example`)
  }
  return url
}
