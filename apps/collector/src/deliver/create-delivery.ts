import { join } from 'node:path'
import { makeDelta, MAX_REASON_CHARACTERS, REPORTS_PATH } from '@slashzero/contract/report'
import { holdFolder } from './hold-folder.ts'
import { createBaseKeeper } from './keep-base.ts'
import { createCredentialKeeper } from './keep-credential.ts'
import { openSpool } from './keep-spool.ts'
import type { Waiting } from './keep-spool.ts'
import { delayRetry, delayUnauthorised } from './delay-retry.ts'
import { postRequest } from './post-request.ts'
import type { Answer } from './post-request.ts'
import { readIngestResponse } from './read-answer.ts'
import { SPOOL_LIMITS } from './delivery.ts'
import type { Delivery, DeliveryOptions } from './delivery.ts'
import { removeForeignSpools } from './spool-files.ts'

const MAX_BATCH = 50
const MAX_BATCH_BYTES = 2 * 1024 * 1024
const STOP_GRACE_MILLISECONDS = 2000
const QUIET_MILLISECONDS = 60_000

/**
 * Sends reports in order, one request at a time, and keeps each on disk until the server acknowledges it. Throws if
 * `server` is not an http or https URL, or if another collector works in the state directory.
 */
export function createDelivery(options: DeliveryOptions): Delivery {
  const { log, host, serverCa = null, clock, sleep, random = Math.random } = options
  const server = readServer(options.server)
  const release = holdFolder(options.stateDir)
  const spools = join(options.stateDir, 'spool')
  removeForeignSpools(spools, host.id, log)
  const limits = { ...SPOOL_LIMITS, ...options.limits }
  const spool = openSpool({ directory: join(spools, host.id), limits, clock, log })
  const stopping = new AbortController()
  const aborting = new AbortController()
  const http = { clock, serverCa, timeoutMilliseconds: options.timeoutMilliseconds, signal: aborting.signal }
  const bases = createBaseKeeper(clock, random)
  const credentials = createCredentialKeeper({ ...options, server, http })
  let wake = Promise.withResolvers<void>()
  let batchLimit = MAX_BATCH
  let failures = 0
  let lastError: string | null = null
  let said: { detail: string; at: number } | null = null
  let refusalSaidAt = -Infinity
  let acknowledged = 0
  let lastAcknowledgedAt: number | null = null

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      const batch = spool.oldest(batchLimit, MAX_BATCH_BYTES)
      if (batch.length === 0) {
        await wake.promise
        wake = Promise.withResolvers<void>()
        continue
      }
      await sleep(settle(batch, await send(batch)), stopping.signal)
    }
  }

  async function send(batch: readonly Waiting[]): Promise<Answer> {
    const credential = await credentials.obtain()
    if (typeof credential !== 'string') return credential
    const texts = batch.map((one) => `{"sentAt":"${one.sentAt}",${one.text.slice(1)}`)
    const text = batch[0]?.isDelta === true ? (texts[0] ?? '') : `[${texts.join(',')}]`
    const answer = await postRequest({ url: new URL(`.${REPORTS_PATH}`, server), bearer: credential, text }, http)
    // A captive portal also answers 200, so only a valid response of the server removes reports from the disk.
    if (answer.kind === 'taken' && readIngestResponse(answer.body) === null) {
      return {
        kind: 'failed',
        detail: 'the response did not come from a Slashzero server',
        retryAfterMilliseconds: null,
      }
    }
    if (answer.kind === 'unauthorised') credentials.forget()
    return answer
  }

  /** Applies an answer to the spool. Out: the wait before the next request, in milliseconds. */
  function settle(batch: readonly Waiting[], answer: Answer): number {
    // What stays in the spool must not depend on the server's memory.
    if (answer.kind !== 'taken' && makeWhole(batch) && (answer.kind === 'send-all' || answer.kind === 'refused')) {
      bases.missed()
      return 0
    }
    switch (answer.kind) {
      case 'taken':
        keepBase(batch, answer.body)
        spool.remove(batch.map(({ entry }) => entry))
        acknowledged += batch.length
        lastAcknowledgedAt = clock.wall()
        batchLimit = Math.min(MAX_BATCH, batchLimit * 2)
        if (said !== null) log.info({ afterAttempts: failures + 1 }, 'the server accepts reports again')
        failures = 0
        lastError = null
        said = null
        return 0
      case 'refused':
        refuse(batch, answer.detail)
        return 0
      case 'send-all':
        // An earlier run of the collector made this delta, and only the server had its base.
        if (batch[0]?.isDelta === true) refuse(batch, answer.detail)
        else fail(answer.detail, 'the server asks for a whole report although it got one; reports stay in the spool')
        return delayRetry(failures, random)
      case 'unauthorised':
        fail(
          answer.detail,
          'this host has no valid credential; reports stay in the spool. Check the credential file, or remove the file and configure an enrolment token',
        )
        return delayUnauthorised(random)
      case 'unsupported':
        fail(
          answer.detail,
          'the server does not accept reports of version 1; reports stay in the spool. Upgrade the older program: the server or this collector',
        )
        return delayUnauthorised(random)
      case 'failed':
        fail(answer.detail, 'cannot deliver reports; reports stay in the spool until the server accepts them')
        if (answer.timedOut === true) batchLimit = Math.ceil(batch.length / 2)
        // A random delay keeps hosts with the same Retry-After apart.
        return (answer.retryAfterMilliseconds ?? 0) + delayRetry(failures, random)
      default:
        return answer satisfies never
    }
  }

  /** Whether the batch was a delta whose whole report is known. */
  function makeWhole([first]: readonly Waiting[]): boolean {
    return first?.isDelta === true && spool.makeWhole(first.entry)
  }

  function keepBase(batch: readonly Waiting[], body: unknown): void {
    const last = batch.at(-1)
    if (last?.report == null) return
    bases.acknowledged(last.report, readIngestResponse(body)?.base, last.isDelta)
  }

  /** Halves the batch until the refused report is alone, then drops that report. */
  function refuse(batch: readonly Waiting[], detail: string): void {
    const [first] = batch
    if (batch.length > 1 || first === undefined) {
      batchLimit = Math.ceil(batch.length / 2)
      return
    }
    spool.drop(first.entry)
    if (clock.monotonic() - refusalSaidAt < QUIET_MILLISECONDS) return
    refusalSaidAt = clock.monotonic()
    log.error(
      { detail: detail.slice(0, MAX_REASON_CHARACTERS), droppedInAll: spool.status().dropped },
      'the server refused a report for good, so the report is dropped. If the server is older than this collector, upgrade the server',
    )
  }

  /** Logs the first reason at once, another reason at most once a minute, and the same reason only once. */
  function fail(reason: string, message: string): void {
    const detail = reason.slice(0, MAX_REASON_CHARACTERS)
    failures += 1
    lastError = detail
    if (stopping.signal.aborted || detail === said?.detail) return
    if (said !== null && clock.monotonic() - said.at < QUIET_MILLISECONDS) return
    said = { detail, at: clock.monotonic() }
    log.warn({ detail, server: server.origin }, message)
  }

  const running = run()
  return {
    enqueue(report) {
      // A delta needs the server to hold exactly the report before, so it is never told against one that waits.
      const base = spool.status().reports === 0 ? bases.current() : null
      spool.put(report, base && makeDelta(base.name, base.report, report))
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
      const stopped = new AbortController()
      void sleep(STOP_GRACE_MILLISECONDS, stopped.signal).then(() => aborting.abort())
      await running
      stopped.abort()
      spool.close()
      release()
    },
  }
}

function readServer(text: string): URL {
  const url = URL.parse(text.endsWith('/') ? text : `${text}/`)
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new Error(
      `The server address ${JSON.stringify(text)} is not an http or https URL; write for example https://slashzero.example`,
    )
  }
  return url
}
