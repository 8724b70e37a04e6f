import { setTimeout as sleep } from 'node:timers/promises'
import { ingestResponse } from '@slashzero/contract/report'
import { createRandom } from '@slashzero/demo'
import { BenchError, type Target } from '../measurement.ts'
import { type Connection, keepConnection, type Reply } from './connection.ts'
import type { Turn } from './meter.ts'
import { compressNext, type Sender } from './senders.ts'

/** What was acknowledged. Latencies in milliseconds. */
export type Sent = {
  readonly latencies: number[]
  bytes: number
  wholes: number
  /** Reports that went whole because the server held no base for the prepared delta. */
  asked: number
  /** Answers that told a host to come back later. */
  refused: number
}

/** A turn of the closed loop with its reports. */
export type ClosedTurn = Turn & { readonly result: Sent }

export type OpenLoop = { readonly rate: number; readonly seconds: number; readonly sent: Sent }

const nothingSent = (): Sent => ({ latencies: [], bytes: 0, wholes: 0, asked: 0, refused: 0 })

const BUSY = new Set([429, 503])
const UNKNOWN_BASE = 409
const BUSY_PAUSE = 1000

/**
 * Sends the prepared reports in turn over `connections`, each the next report after the acknowledgement of the last,
 * until `seconds` are over or no report is left.
 */
export async function sendClosed(
  target: Target,
  senders: readonly Sender[],
  { connections, seconds }: { readonly connections: number; readonly seconds: number },
): Promise<Sent> {
  const sent = nothingSent()
  const url = new URL(target.server)
  const deadline = performance.now() + seconds * 1000
  const rounds = Math.max(0, ...senders.map(({ prepared }) => prepared.length))
  const waiting = inTurn(senders, rounds)
  const busy = new Map<Sender, Promise<void>>()
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const connection = keepConnection(url)
      try {
        for (const sender of waiting) {
          if (performance.now() > deadline) return
          const turn = (busy.get(sender) ?? Promise.resolve()).then(() =>
            sendNext(connection, sender, sent, performance.now()),
          )
          busy.set(sender, turn)
          await turn
        }
      } finally {
        connection.close()
      }
    }),
  )
  return sent
}

function* inTurn(senders: readonly Sender[], rounds: number): Generator<Sender> {
  for (let round = 0; round < rounds; round += 1) yield* senders
}

/**
 * Sends `rate` reports a second at random times (a Poisson process), whatever was acknowledged. A latency counts from
 * the time at which the report should have left, so a wait in this sender counts as well.
 */
export async function sendOpen(
  target: Target,
  senders: readonly Sender[],
  { rate, seconds }: { readonly rate: number; readonly seconds: number },
): Promise<Sent> {
  const sent = nothingSent()
  const url = new URL(target.server)
  const free: Connection[] = []
  const random = createRandom('open loop', rate)
  const busy = new Map<Sender, Promise<void>>()
  const started = performance.now()
  let due = started
  for (const sender of inTurn(senders, Number.POSITIVE_INFINITY)) {
    due += random.exponential(1000 / rate)
    if (due > started + seconds * 1000) break
    const wait = due - performance.now()
    if (wait > 1) await sleep(wait)
    const intended = due
    const turn = (busy.get(sender) ?? Promise.resolve()).then(async () => {
      const connection = free.pop() ?? keepConnection(url)
      await sendNext(connection, sender, sent, intended)
      free.push(connection)
    })
    turn.catch(() => undefined) // awaited below
    busy.set(sender, turn)
  }
  await Promise.all(busy.values())
  for (const connection of free) connection.close()
  return sent
}

async function sendNext(connection: Connection, sender: Sender, sent: Sent, intended: number): Promise<void> {
  const prepared = sender.prepared[sender.sent]
  if (prepared === undefined) return
  let isWhole = prepared.delta === null || sender.base === undefined
  let body = prepared.whole
  if (prepared.delta !== null && sender.base !== undefined) body = prepared.delta(sender.base)
  for (;;) {
    if (isWhole && prepared.whole === null) {
      body = await compressNext(sender)
      sent.asked += 1
    }
    if (body === null) throw new BenchError('A report has no body.')
    const reply = await connection.post(isWhole ? sender.heads.whole : sender.heads.delta, body)
    if (reply.status === UNKNOWN_BASE && !isWhole) {
      isWhole = true
      continue
    }
    if (BUSY.has(reply.status)) {
      sent.refused += 1
      await sleep(BUSY_PAUSE)
      continue
    }
    sender.base = readBase(reply)
    sender.sent += 1
    sender.passes += 1
    sent.latencies.push(performance.now() - intended)
    sent.bytes += body.length
    if (isWhole) sent.wholes += 1
    return
  }
}

function readBase({ status, body }: Reply): string | undefined {
  if (status !== 200) throw new BenchError(`The ingest answered ${status}: ${body.slice(0, 300)}`)
  return ingestResponse.parse(JSON.parse(body)).base
}
