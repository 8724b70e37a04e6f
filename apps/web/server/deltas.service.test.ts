import { createAnswerIngest } from '@slashzero/api'
import { ingestResponse, makeDelta, type Report } from '@slashzero/contract/report'
import { buildHistory, createSeededRandom, START } from '@slashzero/contract/testing'
import { makePartitions } from '@slashzero/db'
import { openTestDatabase, type TestDatabase } from '@slashzero/db/testing'
import {
  authenticateCollector,
  createBaseCache,
  createIngest,
  issueCredential,
  type ServiceContext,
} from '@slashzero/services'
import { afterAll, beforeAll, expect, test } from 'vitest'

const REPORTS = 80

let db: TestDatabase
beforeAll(async () => {
  db = await openTestDatabase()
  await makePartitions(db, START)
})
afterAll(() => db.close())

const never = () => Promise.reject(new Error('the test does not ask for this'))

/** A server over the database, whose ingest `restart` begins again with nothing in memory. */
async function openServer(hostId: string) {
  let now = START
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const context: ServiceContext = { db, now: () => now, actor: { kind: 'system' }, log }
  const { hypervisorId, credential } = await issueCredential(context, { host: { id: hostId, name: 'hv-1' } })
  const start = () => {
    const ingest = createIngest(context)
    return createAnswerIngest({
      now: context.now,
      log,
      bases: createBaseCache(1e8, context.now),
      verbs: {
        authenticate: (token) => authenticateCollector(context, { credential: token }),
        submit: (actor, batch, receivedAt) => ingest.submit(actor, batch, receivedAt),
        authenticateGuest: never,
        push: never,
        checkEnrolment: never,
        enrol: never,
      },
    })
  }
  let answer = start()
  return {
    hypervisorId,
    restart: () => {
      answer = start()
    },
    async post(body: unknown, at: number) {
      now = at
      const text = JSON.stringify(body)
      const { status, body: said } = await answer({
        method: 'POST',
        path: '/ingest/v1/reports',
        format: null,
        authorization: `Bearer ${credential}`,
        contentType: 'application/json',
        contentEncoding: undefined,
        contentLength: undefined,
        source: '192.0.2.1',
        body: (async function* () {
          yield Buffer.from(text)
        })(),
      })
      return {
        status,
        base: status === 200 && typeof said === 'string' ? ingestResponse.parse(JSON.parse(said)).base : undefined,
      }
    },
  }
}

/** What the database holds of a hypervisor, without the times of writing and the names of rows. */
async function dump(hypervisorId: string): Promise<Record<string, unknown[]>> {
  const tables = ['hypervisor_boot', 'sender_socket', 'tap', 'vm', 'sample', 'transition']
  const told = await Promise.all(
    ['hypervisor', ...tables].map(async (table) => {
      const key = table === 'hypervisor' ? 'id' : 'hypervisor_id'
      const { rows } = await db.pool.query<{ row: Record<string, unknown> }>(
        `SELECT to_jsonb(t) - ARRAY['id', 'hypervisor_id', 'host_id', 'enrolled_at', 'created_at', 'written_at', 'updated_at'] AS row
         FROM ${table} t WHERE ${key} = $1 ORDER BY (to_jsonb(t) - ARRAY['id', 'hypervisor_id'])::text`,
        [hypervisorId],
      )
      return [table, rows.map(({ row }) => row)] as const
    }),
  )
  return Object.fromEntries(told)
}

function reportsOf(hostId: string, seed: number): Report[] {
  const history = buildHistory(createSeededRandom(seed), REPORTS)
  return history.map((one) => Object.assign(one, { host: { ...one.host, id: hostId } }))
}

test.each([1, 2, 3])('history %i is stored alike whole, and as deltas with losses and restarts', async (seed) => {
  const plain = await openServer(`host-whole-${seed}`)
  for (const report of reportsOf(`host-whole-${seed}`, seed)) {
    expect((await plain.post([report], Date.parse(report.sentAt))).status).toBe(200)
  }

  const server = await openServer(`host-delta-${seed}`)
  const random = createSeededRandom(seed + 100)
  const seen = { taken: 0, sendAll: 0 }
  let acknowledged: { readonly base: string; readonly report: Report } | null = null
  for (const report of reportsOf(`host-delta-${seed}`, seed)) {
    const at = Date.parse(report.sentAt)
    if (random() < 0.1) server.restart()
    let answer = { status: 409, base: undefined as string | undefined }
    if (acknowledged !== null && random() < 0.95) {
      const delta = { ...makeDelta(acknowledged.base, acknowledged.report, report), sentAt: report.sentAt }
      answer = await server.post(delta, at)
      // The acknowledgement is lost, and maybe the server restarts before the second attempt.
      if (random() < 0.15) {
        if (random() < 0.3) server.restart()
        answer = await server.post(delta, at)
      }
      seen[answer.status === 200 ? 'taken' : 'sendAll'] += 1
    }
    if (answer.status === 409) answer = await server.post([report], at)
    expect(answer).toEqual({ status: 200, base: expect.any(String) })
    acknowledged = answer.base === undefined ? null : { base: answer.base, report }
  }
  expect(seen.taken).toBeGreaterThan(REPORTS / 2)
  expect(seen.sendAll).toBeGreaterThan(2)
  const stored = await dump(plain.hypervisorId)
  expect(stored.transition?.length).toBeGreaterThan(REPORTS / 2)
  expect(await dump(server.hypervisorId)).toEqual(stored)
})
